// What leaves and what comes back: the lists of a truck, a container, the returns
// desk and the hospital.

import { useState } from "preact/hooks";
import type { Client } from "../client";
import { either, nameIn, text } from "../text";
import { clock } from "../time";
import type { Expect, Graded, Screen, Seen } from "../types";
import { grouped } from "./code";
import { Bar, Picture, Shape } from "./shapes";
import { ChoiceSheet, Sheet, pass, useScans } from "./sheet";
import { allCame, ask, askOut } from "./ask";
import { Big } from "./thing";

// seen is where a box was last, and when.
const seen = (m: Seen): string => [m.container, either("place.", m.lastSeen), m.since && clock(Date.parse(m.since))].filter((x) => !!x).join(" \u00b7 ");

function SeenList(p: { title: string; n: number; list?: Seen[]; kind: string }) {
  const list = p.list || [];
  return (
    <section class={"seen seen-" + p.kind}>
      <h3>
        {p.title} <b>{p.n}</b>
      </h3>
      <ul>
        {list.map((m) => (
          <li key={m.box}>
            <span class="code">{m.waybill ? grouped(m.waybill) : text("desk.box") + " " + m.box}</span>
            {m.why && <b class="why">{[m.order && text("desk.order", { order: m.order }), text("missingWhy." + m.why)].filter((x) => !!x).join(" \u00b7 ")}</b>}
            <small>{seen(m)}</small>
          </li>
        ))}
      </ul>
      {p.n > list.length && list.length > 0 && <p class="quiet-text">{text("verdict.more", { n: p.n - list.length })}</p>}
    </section>
  );
}

function Lists(p: { s: Screen }) {
  const t = p.s.truck;
  if (!t) return null;
  return (
    <div class="three">
      <SeenList kind="missing" title={text("truck.missing")} n={t.missingTotal || 0} list={t.missing} />
      <SeenList kind="extra" title={text("truck.extra")} n={t.extraTotal || 0} list={t.extra} />
      <SeenList kind="loaded" title={text("truck.loaded")} n={t.loaded} list={t.recent} />
    </div>
  );
}

export function ListsSheet(p: { client: Client; s: Screen; onClose: () => void }) {
  useScans(p.client, pass(p.client, p.onClose));
  return (
    <Sheet title={text("truck.lists")} onClose={p.onClose} id="lists">
      <Lists s={p.s} />
    </Sheet>
  );
}

// CloseLoadSheet shows the three lists before the press, and asks why where
// something stays behind.
export function CloseLoadSheet(p: { client: Client; s: Screen; onDone: (reason?: string) => void; onClose: () => void }) {
  useScans(p.client, pass(p.client, p.onClose));
  const left = p.s.truck ? p.s.truck.left : 0;
  return (
    <Sheet title={left > 0 ? text("say.load.left", { left }) : text("action.closeLoad")} onClose={p.onClose} id="choice">
      <div class="rows">
        {left > 0 ? (
          ["full", "timeUp", "missing"].map((k) => (
            <button key={k} type="button" data-code={k} onClick={() => p.onDone(k)}>
              {text("closeLoad." + k)}
            </button>
          ))
        ) : (
          <button type="button" class="primary" data-code="close" onClick={() => p.onDone()}>
            {text("action.closeLoad")}
          </button>
        )}
      </div>
      <Lists s={p.s} />
    </Sheet>
  );
}

// TruckChips are the three counts of a truck; a touch opens the lists.
export function TruckChips(p: { s: Screen; open?: (dialog: string) => void }) {
  const t = p.s.truck;
  if (!t) return null;
  const go = () => p.open && p.open("lists");
  return (
    <div class="truck-chips" id="truck-lists">
      <button type="button" data-list="loaded" onClick={go}>{text("truck.loaded")} <b>{t.loaded}</b></button>
      <button type="button" data-list="missing" class={t.missingTotal ? "bad" : ""} onClick={go}>{text("truck.missing")} <b>{t.missingTotal || 0}</b></button>
      <button type="button" data-list="extra" onClick={go}>{text("truck.extra")} <b>{t.extraTotal || 0}</b></button>
    </div>
  );
}

const laterShown = 3;

// Later names what is of a later trip: it may ride, but the truck does not wait for it.
export function Later(p: { s: Screen }) {
  const list = p.s.expect.filter((e) => !!e.later);
  if (list.length === 0) return null;
  return (
    <section class="later" id="later">
      <h3>{text("truck.later")}</h3>
      <ul class="left-list code">
        {list.slice(0, laterShown).map((e) => (
          <li key={e.code || e.box}>{grouped(e.code || "")}</li>
        ))}
      </ul>
      {list.length > laterShown && <p class="quiet-text">{text("verdict.more", { n: list.length - laterShown })}</p>}
    </section>
  );
}

// VehicleSheet takes the end of a plate; where another vehicle stood there, also
// what became of what it carried, and why.
export function VehicleSheet(p: { client: Client; s: Screen; onDone: (a: { [k: string]: unknown }) => void; onClose: () => void }) {
  const [plate, setPlate] = useState("");
  const [asked, ask] = useState(false);
  const [outcome, setOutcome] = useState("");
  const t = p.s.truck;
  const go = (e: Event) => {
    e.preventDefault();
    const end = plate.replace(/[^0-9A-Za-z\u0080-\uffff]/g, "").slice(-4);
    if (end === "") return;
    if (t && t.vehicle && t.loaded > 0 && t.vehicle !== end.toUpperCase()) ask(true);
    else p.onDone({ text: end });
  };
  const end = plate.replace(/[^0-9A-Za-z\u0080-\uffff]/g, "").slice(-4);
  if (asked && outcome === "") return <ChoiceSheet client={p.client} title={text("vehicle.what", { n: t ? t.loaded : 0 })} prefix="vehicle." codes={["moved", "unloaded"]} onClose={p.onClose} onDone={setOutcome} />;
  if (asked) return <ChoiceSheet client={p.client} title={text("ask.reason")} prefix="vehicle." codes={["broken", "swapped", "wrongOne"]} onClose={p.onClose} onDone={(reason) => p.onDone({ text: end, outcome, reason })} />;
  return (
    <Sheet title={text("action.vehicle")} onClose={p.onClose} id="vehicle">
      <p class="hint">{t && t.vehicle ? text("vehicle.now", { vehicle: t.vehicle }) : text("vehicle.last4")}</p>
      <form onSubmit={go}>
        <input type="text" autocomplete="off" maxLength={12} value={plate} aria-label={text("vehicle.last4")} onInput={(e) => setPlate((e.target as HTMLInputElement).value)} />
        <button type="submit" class="primary wide">{text("ui.ok")}</button>
      </form>
    </Sheet>
  );
}

// ConfirmReturnSheet is a person's word: a parcel without a code, a piece that was
// refused, or one whose barcode cannot be read.
export function ConfirmReturnSheet(p: { client: Client; s: Screen; onDone: (a: { [k: string]: unknown }) => void; onClose: () => void }) {
  useScans(p.client, pass(p.client, p.onClose));
  const r = p.s.return;
  const open = (p.s.lines || []).filter((l) => l.have < l.want);
  return (
    <Sheet title={text("action.confirm")} onClose={p.onClose} id="confirm-return">
      <div class="rows">
        {!r || !r.id ? (
          <button type="button" data-code="noCode" onClick={() => p.onDone({ reason: "noCode" })}>{text("confirmOut.noCode")}</button>
        ) : (
          r.met && <button type="button" class="primary" data-code="cameToo" onClick={() => p.onDone({ reason: "cameToo" })}>{text("confirmOut.cameToo", { what: r.what || "" })}</button>
        )}
        {open.map((l) => (
          <button key={l.line} type="button" data-sku={l.sku} onClick={() => p.onDone({ text: l.sku, reason: "unreadable" })}>
            {nameIn(l.name) || l.sku} <small>{text("confirmOut.unreadable")}</small>
          </button>
        ))}
      </div>
    </Sheet>
  );
}

const goodGrades = ["good", "wrongItem"];

// Grades gives a grade by a touch; what is not good is asked why.
function Grades(p: { client: Client; s: Screen }) {
  const [why, ask] = useState("");
  const may = p.client.mayAct("grade");
  const give = (grade: string) => (goodGrades.indexOf(grade) >= 0 ? p.client.act("grade", { grade }) : ask(grade));
  return (
    <div class="grid2 grades">
      {((p.s.return && p.s.return.grades) || []).map((g) => (
        <button key={g} type="button" data-grade={g} class={g === "good" ? "primary" : ""} disabled={!may} onClick={() => give(g)}>
          {either("grade.", g)}
        </button>
      ))}
      {why && <ChoiceSheet client={p.client} title={either("grade.", why)} prefix="gradeReason." codes={["broken", "dirty", "used", "box"]} onClose={() => ask("")}
          onDone={(reason) => (ask(""), p.client.act("grade", { grade: why, reason }))} />}
    </div>
  );
}

const named = (g: Graded): string => [nameIn(g.name) || g.sku, nameIn(g.variant)].filter((x) => !!x).join(" ");

export function ReturnTask(p: { client: Client; s: Screen }) {
  const { s } = p;
  const r = s.return;
  const hand = r && r.hand;
  const place = (s.step === "location" || s.step === "shelf") && s.expect[0];
  return (
    <div class="task out">
      {s.step === "parcel" && <Picture kind="waybill" />}
      <p class="ask" id="ask">{askOut(s)}</p>
      {allCame(s) && (
        <button type="button" class="primary wide" id="close" disabled={!p.client.mayAct("close")} onClick={() => p.client.act("close")}>
          {text("action.close")}
        </button>
      )}
      {place && <Big id="where">{place.location || place.code || ""}</Big>}
      {hand && (
        <p class="what">
          <span class="name" id="name">{named(hand)}</span> <b class="count small">{s.quantity ? s.quantity.have + " / " + s.quantity.want : hand.quantity}</b> {hand.grade && <b class="pill">{either("grade.", hand.grade)}</b>}
        </p>
      )}
      {s.step === "grade" && <Grades client={p.client} s={s} />}
      {r && r.id && <Bar have={s.task ? s.task.done : 0} want={s.task ? s.task.of : 0} />}
      {r && r.id && (
        <p class="quiet-text">
          {text("return.about", { return: r.id, order: r.order || "", came: r.came, missing: r.missing })}
        </p>
      )}
      {(s.lines || []).length > 0 && (
        <ul class="seen-lines">
          {(s.lines || []).map((l) => (
            <li key={l.line} class={l.have >= l.want ? "finished" : ""}>
              <span>{nameIn(l.name) || l.sku} <b>{nameIn(l.variant)}</b></span>
              <b>{l.have} / {l.want}</b>
            </li>
          ))}
        </ul>
      )}
      {r && (r.graded || []).slice(0, 4).map((g, i) => (
        <p key={i} class="quiet-text">{named(g)} {g.quantity} · {either("grade.", g.grade)} · {g.place}</p>
      ))}
      {(!r || !r.id) && !place && <Codes list={s.expect} />}
    </div>
  );
}

// Codes lists what may be scanned, the first ones.
function Codes(p: { list: Expect[] }) {
  return (
    <ul class="left-list code">
      {p.list.slice(0, 6).map((x) => (
        <li key={x.code || x.box}>{grouped(x.code || "")}</li>
      ))}
    </ul>
  );
}

const sign: { [todo: string]: string } = { induct: "done", reprint: "over", aside: "hold", desk: "over", shelf: "unknown" };

export function HospitalTask(p: { client: Client; s: Screen; open?: (dialog: string) => void }) {
  const { s } = p;
  const h = s.hospital;
  const may = (a: string) => s.actions.indexOf(a) >= 0;
  return (
    <div class="task out" id="hospital">
      {h && <Shape code={sign[h.todo] || "unknown"} />}
      <p class="ask" id="ask">{ask(s)}</p>
      {s.step === "waybill" && s.expect[0] && s.expect[0].code && <Big>{grouped(s.expect[0].code)}</Big>}
      {h && s.step === "shelf" && s.expect[0] && <Big id="where">{s.expect[0].location || s.expect[0].code || ""}</Big>}
      {h && <p class="why">{text("hospitalWhy." + h.why, { reason: either("held.", h.reason), truck: h.truck || "" })}</p>}
      {s.box && <p class="code">{text("desk.box")} {s.box}</p>}
      {h && h.order && (
        <p class="quiet-text">
          {[text("desk.order", { order: h.order }), either("carrier.", h.carrier), h.printer, either("place.", h.lastSeen), h.since && clock(Date.parse(h.since))].filter((x) => !!x).join(" \u00b7 ")}
        </p>
      )}
      {h && s.step === "examine" && (
        <div class="yesno">
          {may("reprint") && <button type="button" data-action="reprint" class={h.todo === "reprint" ? "primary" : ""} onClick={() => p.open && p.open("reprint")}>{text("action.reprint")}</button>}
          {may("confirm") && <button type="button" data-action="confirm" class={h.todo !== "reprint" ? "primary" : ""} onClick={() => p.client.act("confirm")}>{text(h.todo === "desk" ? "hospitalAct.desk" : "hospitalAct.induct")}</button>}
          {may("close") && <button type="button" data-action="aside" class={h.todo === "aside" ? "primary" : ""} onClick={() => p.open && p.open("aside")}>{text("hospitalAct.aside")}</button>}
        </div>
      )}
      {!h && <Codes list={s.expect} />}
    </div>
  );
}
