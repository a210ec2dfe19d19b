package dev.coord.examples;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.coord", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule recipes_seeTheApiOnly = noClasses()
            .that()
            .resideInAPackage("dev.coord.recipes..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.coord.raft..", "org.apache.ratis..", "io.netty..", "org.slf4j..");

    @ArchTest
    static final ArchRule ratis_isImportedByOnePackage = noClasses()
            .that(not(resideInAPackage("dev.coord.raft.internal.ratis")).and(resideInAnyPackage("dev.coord..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.ratis..");

    @ArchTest
    static final ArchRule netty_isImportedByTransportOnly = noClasses()
            .that(not(resideInAPackage("dev.coord.raft.internal.transport")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule store_importsValuesOnly = classes()
            .that()
            .resideInAPackage("dev.coord.raft.internal.store")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.coord",
                    "dev.coord.kv",
                    "dev.coord.raft.internal.store",
                    "java.lang..",
                    "java.util",
                    "java.util.function",
                    "org.jspecify.annotations");

    @ArchTest
    static final ArchRule causality_dependsOnNothing = classes()
            .that()
            .resideInAPackage("dev.coord.recipes.causality")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.coord.recipes.causality", "java..", "org.jspecify.annotations");

    @ArchTest
    static final ArchRule clocks_areReadInOnePackage = noClasses()
            .that(not(resideInAPackage("dev.coord.time")))
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(java.time.Clock.class, java.time.Instant.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule api_dependsOnNothing = noClasses()
            .that()
            .resideInAnyPackage("dev.coord", "dev.coord.kv", "dev.coord.lease", "dev.coord.watch", "dev.coord.time")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.coord.raft..", "dev.coord.recipes..", "org.slf4j..", "io.netty..");
}
