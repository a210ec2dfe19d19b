/**
 * Who offers a service, and which of them to ask: {@link dev.coord.recipes.discovery.ServiceRegistry}.
 *
 * <pre>{@code
 * ServiceRegistry registry = ServiceRegistry.on(coord, "/services");
 * try (Registration mine = registry.register("billing", ServiceInstance.of("billing-1", "10.0.0.1:8080"))
 *                 .orElseThrow();
 *         ServiceProvider ledgers = registry.provider("ledger")
 *                 .strategy(PickStrategy.rendezvous())
 *                 .start()
 *                 .awaitReady()) {
 *     Optional<ServiceInstance> ledger = ledgers.pick("account-17");      // local memory; empty if there is none
 *     if (ledger.isPresent() && !client.call(ledger.get().address())) {
 *         ledgers.reportFailure(ledger.get());                            // passed over for a while if it goes on so
 *     }
 * }
 * }</pre>
 */
@NullMarked
package dev.coord.recipes.discovery;

import org.jspecify.annotations.NullMarked;
