// One worker at one screen: what is shown, what was answered, what waits.

import { call, Problem } from "./http";
import { newID } from "./id";
import { Link, Pending } from "./link";
import { give, wake } from "./signs";
import { atDesk, load, save } from "./store";
import { forgetLanguage, keepLanguage, sayText, setLanguage, text } from "./text";
import { edgeNow, setEdgeTime } from "./time";
import type { Article, Frame, Say, Screen, Session, Verdict } from "./types";
import { Wedge } from "./wedge";

// Sign is a verdict's; what was scanned stands beside what is wanted. Moved: the screen
// has gone on with it, and wants something else now.
export interface Sign { n: number; code: string; ok: boolean; say: Say; scanned?: string; article?: Article; moved?: boolean }
// Note is a notice. One with a read goes when the worker has gone on: read is the edge's
// ms from which on whoever scans has seen it. Over says that its time has passed.
export interface Note { n: number; code: string; say: Say; read?: number; over?: boolean }

export type Phase = "starting" | "login" | "work";

const okFor = 250; // ms that a good sign stands
const doneFor = 600;
const noteFor = 12000;
const readFor = 2000; // a scan within it was on its way
const settle = 300; // ms after a pushed screen in which a finger on its way presses nothing
const historyKept = 30;
// Good answers that have to be read: a green frame alone would not say them. The
// brief ones are about what is done next and go with the next answer, or the work.
const ends = ["pick.shortHeld", "pick.shortGoes", "pick.shortCancelled", "pick.waits", "pick.nothing"]; // what becomes of an order with a short
const toRead = ["pick.passed", "help.called"].concat(ends);
const brief = ["short.other", "pick.anyLot"];
// Of an order, or of what lies in a tote: it has to be read, and time alone does not take it.
const stays = ["order.held", "pick.heldTote"].concat(ends);
// What people do all day: an idle screen has the last of it first.
const daily = ["pick", "put", "pack", "load", "return", "hospital"];

const orderOf = (s: Say): string => String((s.args || {}).order || "");
const work = (s?: Screen): string => (s && s.task ? s.task.id : "");

export class Client {
  phase: Phase = "starting";
  why = ""; // text key of why a login is asked for
  session?: Session;
  private sent?: { line: string; have: number }; // a line that goes on elsewhere, and what of it lay in the tote
  link?: Link;
  screen?: Screen;
  sign?: Sign;
  more: Sign[] = []; // refusals that came while one stood
  notes: Note[] = [];
  onScan?: (code: string, source: string) => void; // a dialog or the login takes scans
  onPartial?: (buffer: string) => void;

  onVerdict?: (v: Verdict) => void; // a page waits for an answer
  asked?: { action: string; waybill: string; reason: string }; // what a lead is asked for
  toldPIN = ""; // of a badge that a lead has just approved
  rested = 0; // times that the badge was asked for since it was last shown
  practising = false; // the next login is one to practise

  shownCode = ""; // of the item that the worker had shown whole

  history: { at: number; what: string; sign: Sign }[] = []; // newest first

  private fresh = Date.now(); // device ms at which the screen shown was told
  private pushed = 0; // device ms at which a screen came that this worker did not cause
  private n = 0;
  private signTimer = 0;
  private anyRev = false; // the next screen counts whatever its rev: the edge may be another one

  constructor(private draw: () => void, private workerOf: (s: Session) => boolean) {
    const wedge = new Wedge({ scan: (code, source) => this.scanned(code, source),
      partial: (b) => this.onPartial && this.onPartial(b), cut: () => this.local("unknown", "scan.cut") });
    wedge.listen(window);
    window.addEventListener("click", wake, true);
    window.addEventListener("touchend", wake, true);
  }

  changed = (): void => this.draw();

  async begin(): Promise<void> {
    try {
      this.enter(await call<Session>("GET", "/floor/v1/session"));
    } catch (e) {
      const p = e as Problem;
      this.phase = "login";
      this.why = p.status === 401 ? "" : "login.offline";
      if (p.status === 401) forgetLanguage();
      this.draw();
      if (p.status !== 401) window.setTimeout(() => this.phase === "login" && this.why === "login.offline" && this.begin(), 3000);
    }
  }

  async login(badge: string, pin?: string): Promise<void> {
    wake();
    const body = Object.assign(this.place(), { badge }) as { [k: string]: string | boolean };
    if (pin) body.pin = pin;
    if (this.practising) body.practice = true;
    this.enter(await call<Session>("POST", "/floor/v1/login", body));
    give("ok", "");
  }

  // approve logs a badge in that nobody knows, on a lead's word.
  async approve(a: { badge: string; leadBadge: string; leadPin: string; roles: string[]; name?: string }): Promise<void> {
    wake();
    this.enter(await call<Session>("POST", "/floor/v1/approve", Object.assign(this.place(), a)));
    give("ok", "");
  }

  // place is which device this is, and its key.
  private place(): { [k: string]: string | boolean } {
    const key = load("deviceKey", "");
    const device = load("device", "") || (location.pathname === "/desk" && load("station", "")) || "browser";
    return key ? { device, deviceKey: key } : { device };
  }

  // back ends the asking for a badge after a rest.
  back = (): void => {
    this.rested = 0;
    this.draw();
  };

  async logout(): Promise<void> {
    const link = this.link;
    this.link = undefined;
    if (link) link.stop();
    try {
      await call("POST", "/floor/v1/logout", {});
    } catch (_) {
      // the line is down: the session ends by itself, or with the next login
    }
    this.leave("");
  }

  // endShift books the worker's own end and logs out. What is in the hand has to be
  // left before.
  async endShift(): Promise<void> {
    try {
      const v = await call<Verdict>("POST", "/floor/v1/shift/end", { id: newID() });
      if (!v.ok) return this.put({ n: ++this.n, code: v.code, ok: false, say: v.say });
    } catch (_) {
      return this.local("hold", "error.refused");
    }
    return this.logout();
  }

  act(action: string, args?: { [k: string]: unknown }): void {
    if (!this.link || !this.screen) return;
    this.clear();
    this.link.act(action, args, this.screen.rev);
  }

  // mayAct: a button counts for the screen that was seen, so none is pressed
  // while an answer is outstanding, or just after the edge changed the screen.
  mayAct(action: string): boolean {
    return !!this.screen && Date.now() - this.pushed > settle && this.screen.actions.indexOf(action) >= 0 && !!this.link && this.link.online && this.link.pending.length === 0;
  }

  // mayScan is mayAct for a touch that counts like a scan.
  mayScan(): boolean {
    return Date.now() - this.pushed > settle && !!this.link && this.link.pending.length === 0;
  }

  scanned(code: string, source: string): void {
    wake();
    if (this.onScan) {
      this.onScan(code, source);
      this.draw();
      return;
    }
    this.submit(code, source);
  }

  // submit sends a scan past any dialog. The printed UNDO counts for the screen that was
  // seen, as the button does.
  submit(code: string, source: string): void {
    if (!this.link) return;
    if (code === "UNDO" && this.screen && this.screen.actions.indexOf("undo") >= 0) return this.act("undo");
    if (!this.mustAck()) this.clear();
    if (!this.link.scan(code, source, this.screen && this.screen.flow === "idle" ? atDesk() : {})) this.local("hold", this.link.full() ? "scan.full" : "error.refused");
    else if (!this.link.online) give("wait", "");
    this.draw();
  }

  // mustAck: the siren goes with its button alone.
  mustAck(): boolean {
    return !!this.sign && this.sign.code === "cancelled" && !!this.screen && this.screen.step === "cancelled";
  }

  // dismiss takes a refusal away; the one after it is shown.
  dismiss(): void {
    if (this.mustAck()) return;
    this.sign = this.more.shift();
    this.draw();
  }

  private clear(): void {
    this.sign = undefined;
    this.more = [];
  }

  private enter(s: Session): void {
    this.session = s;
    this.why = "";
    this.practising = false;
    this.toldPIN = s.pin || "";
    this.rested = 0;
    setEdgeTime(s.edgeTime);
    this.notes = [];
    keepLanguage(s.session);
    setLanguage(s.worker.language);
    this.phase = "work";
    this.screen = undefined;
    this.clear();
    if (this.workerOf(s)) {
      this.link = new Link(s.worker.id, {
        frame: (f) => this.frame(f),
        verdict: (v, p) => this.verdict(v, p),
        change: () => this.draw(),
        late: () => {
          if (this.link && this.link.online) give("wait", ""); // it was taken, though nothing is decided yet
          this.draw();
        },
        ended: (why) => {
          this.leave(why === "moved" ? "login.moved" : why === "revoked" ? "login.revoked" : "login.expired");
          give("hold", "", text(this.why)); // nobody looks at the screen while picking
        },
      });
      this.link.start();
    }
    this.draw();
  }

  // expire ends the page's session because another part of it was told so.
  expire(why: string): void {
    this.leave(why);
  }

  private leave(why: string): void {
    if (this.link) this.link.stop();
    this.link = undefined;
    this.session = undefined;
    this.screen = undefined;
    this.notes = [];
    this.clear();
    forgetLanguage();
    this.phase = "login";
    this.why = why;
    this.draw();
  }

  private show(s: Screen | undefined): void {
    if (!s || (this.screen && s.rev < this.screen.rev && !this.anyRev)) return;
    const was = this.screen && this.screen.expect[0];
    const e = s.expect[0];
    if (!was || !e || !e.line || e.line !== was.line) this.sent = undefined;
    else if (e.kind === "item" && e.location !== was.location) this.sent = { line: e.line, have: s.quantity ? s.quantity.have : 0 };
    if (work(s) !== work(this.screen)) this.notes = this.notes.filter((o) => brief.indexOf(o.say.key) < 0);
    const old = this.screen;
    if (old && old.step === "held" && s.step !== "held") this.notes = this.notes.filter((o) => o.say.key !== "order.held"); // it was let go
    this.notes = this.notes.filter((o) => !this.past(o, s));
    if (daily.indexOf(s.flow) >= 0 && !(old && old.flow === s.flow && old.mode === s.mode)) save("usual", { flow: s.flow, mode: s.mode });
    this.screen = s;
    this.anyRev = false;
    this.fresh = Date.now();
  }

  // past tells that a notice of a printer is over: it stands as long as the screen has
  // that printer stopped, and nobody is told two things of one printer.
  private past(o: Note, s: Screen | undefined): boolean {
    if (o.say.key !== "printer.stopped") return false;
    const pr = s && s.printer && s.printer.name === (o.say.args || {}).printer ? s.printer : undefined;
    return pr ? pr.state === "ready" || pr.state === "printing" : !!o.over;
  }

  // sentOn tells that a line goes on at another place, of which nothing was taken yet.
  sentOn(line: string | undefined, have: number): boolean {
    return !!this.sent && this.sent.line === line && this.sent.have === have;
  }

  // refresh asks for the screen again where nobody told anything for a minute: how
  // old the knowledge of cancels is raises no rev and is pushed to nobody. Nor do the
  // counts and cut-offs of an idle screen, which is asked for sooner.
  async refresh(every = this.screen && this.screen.flow === "idle" ? 10000 : 60000): Promise<void> {
    const link = this.link;
    if (!link || !link.online || link.pending.length > 0 || !this.screen || Date.now() - this.fresh < every) return;
    this.fresh = Date.now();
    try {
      const s = (await call<{ screen: Screen }>("GET", "/floor/v1/screen")).screen;
      if (this.link === link && this.screen && s.rev === this.screen.rev) this.show(s);
      this.draw();
    } catch (_) {
      // the next minute asks again; a line that is down says so itself
    }
  }

  private frame(f: Frame): void {
    if (f.t === "hello") this.anyRev = true;
    if (f.t === "screen") {
      if (this.screen && f.screen.rev !== this.screen.rev) {
        this.pushed = Date.now();
        window.setTimeout(this.changed, settle + 20);
      }
      this.show(f.screen);
    }
    if (f.t === "notice") this.note(f.code, f.say);
    if (f.t === "error") this.local("unknown", f.retry ? "error.retry" : "error.refused");
  }

  private verdict(v: Verdict, p: Pending | undefined): void {
    const [before, step] = [work(this.screen), this.screen && this.screen.step];
    this.show(v.screen);
    if (v.repeat && !p) return;
    const sign: Sign = { n: ++this.n, code: v.code, ok: v.ok, say: v.say, scanned: p && p.kind === "scan" ? p.what : undefined, article: v.article, moved: !!this.screen && this.screen.step !== step };
    const wentOn = (read: number) => v.ok && !!p && (p.at >= read || work(this.screen) !== before);
    this.notes = this.notes.filter((o) => !(o.read && wentOn(o.read)) && brief.indexOf(o.say.key) < 0);
    this.history = [{ at: p ? p.at : edgeNow(), what: p && p.kind === "scan" ? p.what : "", sign }].concat(this.history).slice(0, historyKept);
    if (v.say.key === "idle.back") this.rested = 0;
    if (v.say.key === "idle.badge") {
      this.rested++; // its dialog stands in the sign's place
      give(v.code, v.say.key);
      this.draw();
    } else this.put(sign);
    if (this.onVerdict) this.onVerdict(v);
    if (v.ok && toRead.concat(brief).indexOf(v.say.key) >= 0) this.note("ok", v.say);
  }

  // local is a sign of this page's own.
  local(code: string, key: string): void {
    this.put({ n: ++this.n, code, ok: false, say: { key } });
  }

  // put shows a sign. A refusal stands until the next pull; good news does not
  // cover it.
  private put(s: Sign): void {
    give(s.code, s.say.key);
    if (this.sign && !this.sign.ok) {
      if (!s.ok) this.more.push(s);
    } else {
      this.sign = s;
      clearTimeout(this.signTimer);
      if (s.ok) {
        this.signTimer = window.setTimeout(() => {
          if (this.sign === s) this.sign = undefined;
          this.draw();
        }, s.code === "done" ? doneFor : okFor);
      }
    }
    this.draw();
  }

  private note(code: string, say: Say): void {
    // What became of an order, or of the goods in a tote, has to be read: it waits for
    // whoever walks.
    const stay = code === "cancelled" || stays.indexOf(say.key) >= 0;
    const printer = say.key.indexOf("printer.") === 0; // a scan says nothing of it
    const n: Note = { n: ++this.n, code, say, read: stay || (code === "hold" && !printer) ? edgeNow() + readFor : undefined };
    const about = say.key.split(".")[0] === "help" ? "help." : say.key; // the end of a call takes its begin away
    const same = (o: Note) => o.say.key.indexOf(about) === 0 && !(stay && orderOf(o.say) !== orderOf(say));
    this.notes = this.notes.filter((o) => !same(o)).concat(n);
    // Where a label comes out has to be heard: nobody looks at the screen then.
    const aloud = /^printer\.(moved|guest|back)/.test(say.key);
    if (aloud) give(code === "ok" ? "done" : "hold", say.key, sayText(say));
    else if (code !== "ok") give(code === "hold" || code === "cancelled" ? "hold" : "wait", "");
    if (!stay)
      window.setTimeout(() => {
        n.over = true;
        this.notes = this.notes.filter((o) => o !== n || (say.key === "printer.stopped" && !this.past(o, this.screen)));
        this.draw();
      }, noteFor);
    this.draw();
  }
}
