package dev.coord.recipes.detector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * φ against values computed independently, with 60 digits, by mpmath 1.3.0: −log10(erfc(y/√2)/2) where y is the silence less
 * mean and acceptable pause, in deviations; and silence/(mean·ln 10).
 */
class PhiReferenceTest {
    private static final double TOLERANCE = 1e-9;
    private static final long MILLI = 1_000_000;

    /** Akka's defaults after the first heartbeat: mean 1 s and deviation 250 ms by the two seeds, 3 s pause. */
    @ParameterizedTest
    @CsvSource({
        "500, 3.3846900350852544085e-45",
        "1000, 7.7151637847517014651e-34",
        "2000, 2.7017288495439212877e-16",
        "3000, 0.000013754863381099447022",
        "3500, 0.009994379534108708902",
        "4000, 0.30102999566398119521",
        "4100, 0.46271212839487090301",
        "4250, 0.79954554149197050003",
        "4500, 1.643016080140937048",
        "4750, 2.8696990359293690772",
        "5000, 4.4993349075564788648",
        "5300, 7.0015476999300875215",
        "5403, 7.9999968766592932737",
        "5404, 8.010041741752427802",
        "5500, 9.0058643274767042092",
        "6000, 15.206142551017154558",
        "7000, 32.750439161191860631",
        "10000, 126.85686270269062928",
        "20000, 891.64047481031182138",
        "30000, 2351.0807215499531859",
        "60000, 10898.329308596286412"
    })
    void akkaAfterTheFirstHeartbeat_isTheNormalTail(long millis, double phi) {
        FailureDetector detector = DetectorConfig.phi().newDetector();
        detector.heartbeat(0);
        check(detector, millis, phi);
    }

    /** Akka's defaults after 1,000 heartbeats, one each second: the least deviation of 100 ms counts. */
    @ParameterizedTest
    @CsvSource({
        "3000, 3.309260121306722299e-24",
        "3800, 0.009994379534108708902",
        "4000, 0.30102999566398119521",
        "4050, 0.51069198926524077447",
        "4100, 0.79954554149197050003",
        "4200, 1.643016080140937048",
        "4250, 2.2069318057953010763",
        "4300, 2.8696990359293690772",
        "4400, 4.4993349075564788648",
        "4500, 6.5426456723906544963",
        "4561, 7.9949769797469483405",
        "4562, 8.0200933687266644269",
        "4700, 11.892853637475489837",
        "5000, 23.118053405486075894",
        "6000, 88.56009534307559192",
        "8000, 349.43700645934584209",
        "16000, 3129.3985710377446591",
        "60000, 68100.522041775928402"
    })
    void akkaOfASteadyProcess_isTheNormalTail(long millis, double phi) {
        FailureDetector detector = DetectorConfig.phi().newDetector();
        long last = 0;
        for (int i = 0; i <= 1000; i++) {
            last = i * 1000 * MILLI;
            detector.heartbeat(last);
        }
        check(detector, last / MILLI + millis, phi);
    }

    /** Akka's defaults after intervals of 800 ms and 1,200 ms by turns: deviation 200 ms. */
    @ParameterizedTest
    @CsvSource({
        "3000, 1.244912137388291749e-7",
        "4000, 0.30102999566398119521",
        "4500, 2.2069318057953010763",
        "5000, 6.5426456723906544963",
        "5122, 7.9949769797469483405",
        "5123, 8.007529891561684865",
        "6000, 23.118053405486075894"
    })
    void akkaOfAnUnevenProcess_isTheNormalTail(long millis, double phi) {
        FailureDetector detector = DetectorConfig.phi().newDetector();
        long last = 0;
        for (int i = 0; i <= 1000; i++) {
            last = (i / 2 * 2000 + i % 2 * 800) * MILLI;
            detector.heartbeat(last);
        }
        check(detector, last / MILLI + millis, phi);
    }

    /** Cassandra's defaults after the first heartbeat: mean 2 s. */
    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "1, 0.00021714724095162591383",
        "500, 0.10857362047581295691",
        "1000, 0.21714724095162591383",
        "2000, 0.43429448190325182765",
        "5000, 1.0857362047581295691",
        "10000, 2.1714724095162591383",
        "18420, 3.9998521783289493327",
        "18421, 4.0000693255699009586",
        "36841, 7.9999215038988502912",
        "36842, 8.0001386511398019172",
        "60000, 13.02883445709755483"
    })
    void cassandraAfterTheFirstHeartbeat_isTheExponentialTail(long millis, double phi) {
        FailureDetector detector = DetectorConfig.exponential().newDetector();
        detector.heartbeat(0);
        check(detector, millis, phi);
    }

    /** Cassandra's defaults at one heartbeat a second: suspected after 18.4 s. */
    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "1, 0.00043429448190325182765",
        "500, 0.21714724095162591383",
        "1000, 0.43429448190325182765",
        "2000, 0.8685889638065036553",
        "5000, 2.1714724095162591383",
        "10000, 4.3429448190325182765",
        "18420, 7.9997043566578986653",
        "18421, 8.0001386511398019172",
        "36841, 15.999843007797700582",
        "36842, 16.000277302279603834",
        "60000, 26.057668914195109659"
    })
    void cassandraOfASteadyProcess_isTheExponentialTail(long millis, double phi) {
        FailureDetector detector = DetectorConfig.exponential().newDetector();
        for (int i = 0; i <= 1000; i++) {
            detector.heartbeat(i * 1000 * MILLI);
        }
        check(detector, 1_000_000 + millis, phi);
    }

    private static void check(FailureDetector detector, long millis, double phi) {
        assertThat(detector.suspicion(millis * MILLI)).isCloseTo(phi, within(TOLERANCE));
        assertThat(detector.isSuspected(millis * MILLI)).isEqualTo(phi >= 8);
    }

    @ParameterizedTest
    @CsvSource({
        "-10, 3.309260121306722299e-24",
        "-5, 1.244912137388291749e-7",
        "-2.6, 0.0020290608371672830529",
        "-2.5, 0.0027052313961437212273",
        "-2.4, 0.0035748170642458946332",
        "-1, 0.075026012957818023238",
        "-0.001, 0.30068361702647338762",
        "0, 0.30102999566398119521",
        "0.001, 0.30137665078193905887",
        "1, 0.79954554149197050003",
        "2, 1.643016080140937048",
        "2.4, 2.0863166714174044728",
        "2.5, 2.2069318057953010763",
        "2.6, 2.3315033780765243736",
        "3, 2.8696990359293690772",
        "5, 6.5426456723906544963",
        "8, 15.206142551017154558",
        "20, 88.56009534307559192",
        "37, 299.24218117860992167",
        "38, 315.53978970396250789",
        "40, 349.43700645934584209",
        "100, 2173.8715428690343765",
        "1000, 217150.64004199438628",
        "1e6, 217147240958.02500376"
    })
    void tail_isAccurateRelativelyAndNeverInfinite(double y, double expected) {
        assertThat(NormalTail.minusLog10(y)).isCloseTo(expected, Percentage.withPercentage(1e-10));
    }

    @ParameterizedTest
    @CsvSource({"-1e300", "-1e10", "-40", "1e10", "1e100"})
    void tailAtTheEndsOfTheScale_isFinite(double y) {
        assertThat(NormalTail.minusLog10(y)).isFinite().isNotNegative();
    }
}
