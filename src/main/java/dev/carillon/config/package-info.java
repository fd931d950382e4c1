/** Every setting as a typed record, its default, and the loader that merges file, environment and command line. */
@NullMarked
package dev.carillon.config;

import org.jspecify.annotations.NullMarked;
