package dev.coord.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says of which peer the {@link dev.coord.Coord} is to be that {@link CoordExtension} injects. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Peer {

    /**
     * Returns the peer's id.
     *
     * @return {@code n1}, {@code n2} and so on
     */
    String value();
}
