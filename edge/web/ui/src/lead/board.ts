// The lead's socket: a snapshot, then numbered changes. A gap in the numbers
// or a cut line begins again with a snapshot; meanwhile the page says how old
// what it shows is.

import { call, Problem } from "../http";
import { setEdgeTime } from "../time";

export interface Head { epoch?: string; head: number; open: number; orders: number; counting?: boolean }
export interface Row { carrier: string; cutoff?: string; stages: { [stage: string]: number }; total: number; held?: number; short?: number }
export interface Exception {
  kind: string; id: string; order?: string; box?: string; tote?: string; reason?: string; missing?: string[]; units?: number; hours?: number; station?: string; since?: string;
  by?: string; of?: string; field?: string; detail?: string;
  owner?: string; carrier?: string; trip?: string; boxes?: Behind[]; orders?: string[];
  worker?: string; device?: string; flow?: string; step?: string; location?: string; sku?: string;
}
// Behind is a box that its truck left without.
export interface Behind { box: string; waybill?: string; order: string; lastSeen?: string; since?: string; container?: string }
export interface Person {
  worker: string; flow: string; mode?: string; orders?: string[]; station?: string; since?: string; last?: string;
  units?: number; packed?: number; loaded?: number; refused?: number;
}
export interface Printer { name: string; state: string; error?: string; at: string }
export interface Device {
  name: string; ok: boolean; error?: string; since: string;
  class?: string; driver?: string; link?: string; protocol?: string; stations?: string; condition?: string; detail?: string; hint?: string;
  model?: string; serial?: string; firmware?: string; bytesIn?: number; bytesOut?: number; junk?: number;
  odometer?: number;
  odometerUnit?: string;
  lastError?: string; lastErrorCode?: string; lastErrorHint?: string; lastErrorAt?: string;
}
export interface Consumer { name: string; required: boolean; acked: number; lagEvents: number; lagSeconds: number }
export interface Charge { printer: string; template?: string; hour: string; reads: number; noReads: number }
export interface Truck { id: string; dock: string; carrier: string; trip?: string; loaded: number; at: string }

export interface Items {
  head: { [k: string]: Head };
  rows: { [k: string]: Row };
  exceptions: { [k: string]: Exception };
  workers: { [k: string]: Person };
  printers: { [k: string]: Printer };
  devices: { [k: string]: Device };
  consumers: { [k: string]: Consumer };
  trucks: { [k: string]: Truck };
  reads: { [k: string]: Charge };
}

type Loose = { [section: string]: { [k: string]: unknown } };
type Frame =
  | { t: "snapshot"; n: number; edgeTime: string; site: string; items: Loose }
  | { t: "change"; n: number; edgeTime: string; set?: Loose; gone?: { [section: string]: string[] } };

const empty = (): Items => ({ head: {}, rows: {}, exceptions: {}, workers: {}, printers: {}, devices: {}, consumers: {}, trucks: {}, reads: {} });

export class Board {
  items: Items = empty();
  site = "";
  live = false;
  heard = 0; // device ms of the last frame
  private n = 0;
  private ws?: WebSocket;
  private stopped = false;
  private failures = 0;

  constructor(private changed: () => void, private ended: (why: string) => void) {}

  start(): void {
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    if (this.ws) this.ws.close();
  }

  private connect(): void {
    if (this.stopped) return;
    const ws = new WebSocket((location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/site/v1/socket");
    this.ws = ws;
    ws.onmessage = (e) => this.ws === ws && this.take(JSON.parse(e.data) as Frame);
    ws.onclose = (e) => this.ws === ws && this.closed(e.code);
  }

  private closed(code: number): void {
    this.live = false;
    this.changed();
    if (this.stopped) return;
    if (code === 4401 || code === 4409) {
      this.stopped = true;
      this.ended(code === 4409 ? "login.moved" : "login.revoked");
      return;
    }
    this.failures++;
    call("GET", "/floor/v1/session").catch((p: Problem) => {
      if (p.status !== 401 || this.stopped) return;
      this.stopped = true;
      this.ended("login.expired");
    });
    window.setTimeout(() => this.connect(), Math.min(8000, 500 * 2 ** Math.min(4, this.failures)) * (0.5 + Math.random() / 2));
  }

  private take(f: Frame): void {
    setEdgeTime(f.edgeTime);
    this.heard = Date.now();
    if (f.t === "snapshot") {
      this.items = Object.assign(empty(), f.items) as Items;
      this.site = f.site;
      this.live = true;
      this.failures = 0;
    } else if (f.n === this.n + 1) {
      this.apply(f.set || {}, f.gone || {});
    } else {
      if (this.ws) this.ws.close();
      return;
    }
    this.n = f.n;
    this.changed();
  }

  private apply(set: Loose, gone: { [section: string]: string[] }): void {
    const items = this.items as unknown as Loose;
    for (const section of Object.keys(set)) items[section] = Object.assign({}, items[section], set[section]);
    for (const section of Object.keys(gone)) {
      items[section] = Object.assign({}, items[section]);
      for (const k of gone[section]) delete items[section][k];
    }
  }
}

export function values<T>(m: { [k: string]: T }): T[] {
  return Object.keys(m).sort().map((k) => m[k]);
}
