/** The applications behind the pages of {@code src/demo}, written with the event-bus API as any application is. */
@NullMarked
package dev.carillon.demo;

import org.jspecify.annotations.NullMarked;
