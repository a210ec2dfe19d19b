/**
 * The queue: {@link dev.coord.recipes.queue.DistributedQueue}.
 *
 * <pre>{@code
 * try (DistributedQueue<String> mails = DistributedQueue.on(coord, "/queues/mail", Codec.text())) {
 *     mails.put("welcome alice");
 *     try (Delivery<String> mail = mails.take()) {
 *         mailer.send(mail.value(), mail.fencingToken());             // outside Coord: fenced, perhaps twice
 *         mail.ack(Op.put("/mail/sent/" + mail.id(), mail.value()));  // inside Coord: with the item, or not at all
 *     }
 * }
 * }</pre>
 */
@NullMarked
package dev.coord.recipes.queue;

import org.jspecify.annotations.NullMarked;
