/**
 * A document that goes to a directory and a row that goes to a database, both or neither, wherever a process dies:
 * {@link dev.coord.examples.upload.UploadDemo}. How a resource of your own takes part in two-phase commits is
 * {@link dev.coord.examples.upload.DocumentStore}; what an application looks like, {@link dev.coord.examples.upload.Office}.
 */
@NullMarked
package dev.coord.examples.upload;

import org.jspecify.annotations.NullMarked;
