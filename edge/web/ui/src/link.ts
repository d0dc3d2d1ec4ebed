// The socket to the edge and the messages that it has not yet answered.
//
// A message is made once, with its id, kept over a reload, and sent again with
// the same id until its verdict is here: whatever the line does, the edge
// decides it once. The queue belongs to a worker, never to the device: an id
// must not reach the edge under another name.

import { call, Problem } from "./http";
import { newID } from "./id";
import { load, save } from "./store";
import { edgeNow, setEdgeTime, stamp } from "./time";
import type { Args, Frame, Receipt, Verdict } from "./types";

export interface Pending { id: string; frame: string; kind: "scan" | "act"; what: string; at: number }

export interface LinkEvents {
  frame(f: Frame): void;
  verdict(v: Verdict, p: Pending | undefined): void;
  change(): void; // connection, queue or seen count
  late(): void; // an answer stays out for longer than anybody waits without a word
  ended(why: "revoked" | "moved" | "session"): void;
}

const aheadMost = 64; // messages on their way at a time; the edge takes 128
const queueMost = 2000;
const answerWithin = 5000; // ms after which a silent line is given up
const helloWithin = 6000;
export const lateAfter = 300; // ms
const unseenKept = 2000;
const frameMost = 8192; // bytes, the contract's limit
const codeMost = 2048; // bytes

// bytes is how long a text is as UTF-8.
export function bytes(s: string): number {
  return unescape(encodeURIComponent(s.replace(/[\ud800-\udfff]/g, "??"))).length;
}

export class Link {
  online = false;
  pending: Pending[] = [];
  private sent = 0; // how many of pending are on their way
  private unseen: number[] = []; // seq of receipts that the WMS has not seen
  private epoch = "";
  private ws?: WebSocket;
  private stopped = false;
  private failures = 0;
  private timers: number[] = [];
  private seen = 0; // the WMS has everything up to this seq of the present epoch
  private quietSince = 0; // ms; of the oldest message that is on its way

  constructor(private worker: string, private events: LinkEvents) {
    this.pending = load<Pending[]>("queue." + worker, []);
    const u = load<{ epoch: string; seq: number[] }>("unseen." + worker, { epoch: "", seq: [] });
    this.epoch = u.epoch;
    this.unseen = u.seq;
  }

  start(): void {
    this.connect();
    this.every(500, () => this.watch());
    window.addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
  }

  stop(): void {
    this.stopped = true;
    this.timers.forEach((t) => clearInterval(t));
    window.removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.hurry);
    this.drop();
  }

  // scan queues a pull; false where it cannot be: too long, or the queue is full.
  scan(code: string, source: string, desk: { station?: string }): boolean {
    if (bytes(code) > codeMost) return false;
    const m = Object.assign({ t: "scan", id: newID(), code, source, at: stamp(edgeNow()) }, desk);
    return this.add("scan", code, m);
  }

  act(action: string, args: Args | { [k: string]: unknown } | undefined, rev: number): boolean {
    const m: { [k: string]: unknown } = { t: "act", id: newID(), action, rev, at: stamp(edgeNow()) };
    if (args) m.args = args;
    return this.add("act", action, m as { id: string });
  }

  full(): boolean {
    return this.pending.length >= queueMost;
  }

  // unseenCount is how many stored messages the WMS has not acknowledged.
  unseenCount(): number {
    return this.unseen.length;
  }

  // waitingFor is how long the oldest unanswered message waits, in ms.
  waitingFor(): number {
    return this.pending.length > 0 ? Math.max(0, edgeNow() - this.pending[0].at) : 0;
  }

  private add(kind: "scan" | "act", what: string, m: { id: string }): boolean {
    const frame = JSON.stringify(m);
    if (this.pending.length >= queueMost || bytes(frame) > frameMost) return false;
    this.pending.push({ id: m.id, frame, kind, what, at: edgeNow() });
    this.keep();
    this.send();
    this.events.change();
    window.setTimeout(() => this.pending.some((p) => p.id === m.id) && this.events.late(), lateAfter);
    return true;
  }

  private keep(): void {
    save("queue." + this.worker, this.pending);
  }

  private every(ms: number, f: () => void): void {
    this.timers.push(window.setInterval(f, ms));
  }

  private hurry = (): void => {
    if (!this.online && !document.hidden) this.connect();
  };

  private connect(): void {
    if (this.stopped || this.ws) return;
    const ws = new WebSocket((location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/floor/v1/socket");
    this.ws = ws;
    const opening = window.setTimeout(() => !this.online && this.drop(), helloWithin);
    ws.onmessage = (e) => {
      if (this.ws === ws && typeof e.data === "string") this.take(e.data);
    };
    ws.onclose = (e) => {
      clearTimeout(opening);
      if (this.ws === ws) this.closed(e.code);
    };
  }

  // drop gives up the present socket; what it still says counts no more.
  private drop(): void {
    const ws = this.ws;
    if (!ws) return;
    this.closed(1006);
    ws.close();
  }

  private closed(code: number): void {
    const was = this.online;
    this.ws = undefined;
    this.online = false;
    this.sent = 0;
    this.events.change();
    if (this.stopped) return;
    if (code === 4401 || code === 4409) {
      this.stop();
      this.events.ended(code === 4401 ? "revoked" : "moved");
      return;
    }
    this.failures = was ? 0 : this.failures + 1;
    if (this.failures > 0) this.stillMine();
    const wait = Math.min(5000, 300 * Math.pow(2, Math.min(this.failures, 5))) * (0.5 + Math.random() / 2);
    window.setTimeout(() => this.connect(), wait);
  }

  // stillMine tells a refused socket (the browser does not say why) from a line
  // that is down.
  private stillMine(): void {
    call("GET", "/floor/v1/session").catch((p: Problem) => {
      if (this.stopped || p.status !== 401) return;
      this.stop();
      this.events.ended(p.code === "sessionMoved" ? "moved" : "session");
    });
  }

  private take(text: string): void {
    let f: Frame;
    try {
      f = JSON.parse(text);
    } catch (_) {
      return;
    }
    switch (f.t) {
      case "hello":
        setEdgeTime(f.edgeTime);
        if (f.epoch !== this.epoch) {
          this.epoch = f.epoch;
          this.unseen = [];
          this.seen = 0;
        }
        this.online = true;
        this.failures = 0;
        this.sent = 0;
        this.send();
        break;
      case "verdict":
        this.answered(f.id, f);
        this.note(f.receipt);
        return;
      case "seen": {
        const { epoch, seq } = f;
        if (epoch === this.epoch) {
          this.seen = Math.max(this.seen, seq);
          this.unseen = this.unseen.filter((n) => n > seq);
        }
        this.keepUnseen();
        break;
      }
      case "error":
        this.failed(f);
        break;
    }
    this.events.frame(f);
    this.events.change();
  }

  private note(r: Receipt | undefined): void {
    if (!r || r.epoch !== this.epoch || r.seq <= this.seen) return;
    if (this.unseen.indexOf(r.seq) < 0) this.unseen.push(r.seq);
    if (this.unseen.length > unseenKept) this.unseen.shift();
    this.keepUnseen();
    this.events.change();
  }

  private keepUnseen(): void {
    save("unseen." + this.worker, { epoch: this.epoch, seq: this.unseen });
  }

  // answered takes a message out of the queue.
  private answered(id: string, v?: Verdict): void {
    const i = this.pending.findIndex((p) => p.id === id);
    const p = i < 0 ? undefined : this.pending[i];
    if (p) {
      this.pending.splice(i, 1);
      if (i < this.sent) this.sent--;
      this.quietSince = Date.now();
      this.keep();
    }
    if (v) this.events.verdict(v, p);
    this.send();
  }

  // failed: a frame that will never be decided leaves the queue; one whose
  // outcome is unknown is sent again, with what came after it, on a new line.
  // Answers come in the order of the messages, so an error that names none is
  // about the oldest.
  private failed(f: { id?: string; retry: boolean }): void {
    if (!f.retry) {
      const id = f.id || (this.sent > 0 ? this.pending[0].id : "");
      if (id) this.answered(id);
      return;
    }
    window.setTimeout(() => this.drop(), 1000);
  }

  private send(): void {
    if (!this.online || !this.ws || this.ws.readyState !== WebSocket.OPEN) return;
    while (this.sent < this.pending.length && this.sent < aheadMost) {
      if (this.sent === 0) this.quietSince = Date.now();
      this.ws.send(this.pending[this.sent].frame);
      this.sent++;
    }
  }

  // watch gives up a line on which answers stay out: it may be half open.
  private watch(): void {
    if (this.online && this.sent > 0 && Date.now() - this.quietSince > answerWithin) this.drop();
    if (this.pending.length > 0) this.events.change();
  }
}
