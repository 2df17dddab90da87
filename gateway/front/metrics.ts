/**
 * Numbers for Prometheus, on the admin listener only. Closed sets of label values: status class, reason class, member. Never a user, a purpose,
 * a path, an operation or a classification: whoever may read the metrics may not read the data.
 */
import type { PolicyStatus } from "../../schema/snapshot";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { FeedStatus } from "../subject/store";

export interface Metrics {
  readonly registry: Registry;
  readonly requests: Counter<"code">;
  readonly inFlight: Gauge;
  readonly duration: Histogram;
  readonly planning: Histogram;
  readonly withheld: Counter<"reason_class">;
  readonly subgraph: Histogram<"subgraph">;
  readonly subgraphFailures: Counter<"subgraph">;
  readonly auditCommit: Histogram;
  readonly standingFaults: Counter<"subgraph">;
  readonly bundleSwitches: Counter;
  readonly bundleRefusals: Counter<"reason">;
}

/** What is read when somebody asks. */
export interface Gauges { readonly auditQueue: () => number; readonly silentMinistries: () => number; readonly classes: () => number; readonly bundle?: () => { readonly serial: number; readonly ageMs: number }; readonly policy?: () => PolicyStatus; readonly standing?: () => readonly FeedStatus[] }

const FAST = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** Makes the numbers of one gateway; two gateways in one process do not share any. */
export function makeMetrics(read: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const live = (name: string, help: string, value: () => number): void => {
    new Gauge({ name, help, registers, collect() { this.set(value()); } });
  };
  live("kanmon_audit_queue_depth", "Evidence records waiting for the disk.", read.auditQueue);
  live("kanmon_silent_ministries", "Ministries whose grants are void because they were silent.", read.silentMinistries);
  live("kanmon_subject_classes", "Views of the schema kept in memory.", read.classes);
  const { bundle } = read;
  if (bundle !== undefined) {
    live("kanmon_bundle_serial", "Serial of the bundle in force.", () => bundle().serial);
    live("kanmon_bundle_age_seconds", "Time since the bundle in force was issued.", () => bundle().ageMs / 1000);
  }
  const { policy } = read;
  if (policy !== undefined) {
    live("kanmon_policy_revision", "Revision of the newest policy snapshot in force.", () => policy().revision);
    live("kanmon_policy_age_seconds", "Time since it was issued.", () => policy().age / 1000);
    live("kanmon_policy_held", "1 while something that it widens waits for a fresh snapshot.", () => Number(policy().isHeld));
    live("kanmon_policy_refused", "1 while the snapshot file is refused and the last good one is in force.", () => Number(policy().isRefused));
  }
  const { standing } = read;
  if (standing !== undefined) {
    const perMinistry = (name: string, help: string, value: (status: FeedStatus) => number): void => {
      new Gauge({ name, help, labelNames: ["subgraph"], registers, collect() { for (const status of standing()) this.set({ subgraph: status.ministry }, value(status)); } });
    };
    perMinistry("kanmon_standing_age_seconds", "Time since a ministry's last sign of life.", ({ ageMs }) => ageMs / 1000);
    perMinistry("kanmon_standing_revision", "Number of the last event of a ministry's standing.", ({ number }) => number);
    perMinistry("kanmon_standing_in_force", "1 while what the ministry stated is in force.", ({ isInForce }) => Number(isInForce));
  }
  live("kanmon_resident_memory_bytes", "Resident memory of the process.", () => process.memoryUsage.rss());
  return {
    registry,
    requests: new Counter({ name: "kanmon_http_requests_total", help: "Answers by HTTP status.", labelNames: ["code"], registers }),
    inFlight: new Gauge({ name: "kanmon_http_requests_in_flight", help: "Requests being answered.", registers }),
    duration: new Histogram({ name: "kanmon_http_request_duration_seconds", help: "Time from the request's headers to the end of its answer.", buckets: FAST, registers }),
    planning: new Histogram({ name: "kanmon_plan_duration_seconds", help: "Time to plan and compile an operation that was not in the cache.", buckets: FAST, registers }),
    withheld: new Counter({ name: "kanmon_withheld_total", help: "Redacted places by reason class.", labelNames: ["reason_class"], registers }),
    subgraph: new Histogram({ name: "kanmon_subgraph_request_duration_seconds", help: "Time of one call to a ministry.", labelNames: ["subgraph"], buckets: FAST, registers }),
    subgraphFailures: new Counter({ name: "kanmon_subgraph_failures_total", help: "Calls to a ministry without a usable answer.", labelNames: ["subgraph"], registers }),
    standingFaults: new Counter({ name: "kanmon_standing_faults_total", help: "Streams of standing that were refused since the start, each followed by a whole snapshot.", labelNames: ["subgraph"], registers }),
    bundleSwitches: new Counter({ name: "kanmon_bundle_switches_total", help: "Bundles put in force since the start.", registers }),
    bundleRefusals: new Counter({ name: "kanmon_bundle_refusals_total", help: "Bundles refused since the start, by reason.", labelNames: ["reason"], registers }),
    auditCommit: new Histogram({ name: "kanmon_audit_commit_duration_seconds", help: "Time to make a group of evidence records durable.", buckets: FAST, registers }),
  };
}
