// Every device: what is configured, what answered, since when, what is wrong and
// what to do; a test that somebody beside the device notices.

import { useState } from "preact/hooks";
import { call, Problem } from "../http";
import { either, has, text } from "../text";
import { Device, Items, values } from "./board";
import { age, count } from "./words";

interface Did { did: string; grams?: string; shows?: string; detail?: string }

const state = (d: Device): string => either("printer.", d.condition || (d.ok ? "ready" : d.error));

// wires are what the schemes of links hang on.
const wires: { [scheme: string]: string } = { tcp: "tcp", ipp: "tcp", ipps: "tcp", serial: "serial", mqtt: "mqtt", gpio: "gpio", "gpio+sim": "gpio" };

// named tells a link whose device is found by a name, not by its IP address.
const named = (link: string): boolean => /^\w+:\/\/(?!\[)[^:/?]*[a-z]/i.test(link);

// deviceTodo says in the reader's language what to do; "" where only the hint does.
export function deviceTodo(d: Device, items: Items): string {
  const away = d.condition === "offline" || d.condition === "silent";
  const wire = d.class === "broker" ? "broker" : wires[(d.link || "").split(":")[0]];
  const broker = items.devices.mqtt;
  if (away && wire === "mqtt" && broker && !broker.ok) return text("todoWire.atBroker");
  if (away && wire === "tcp" && named(d.link || "")) return text("todoWire.name");
  if (away && wire === "broker" && named(d.link || "")) return text("todoWire.brokerName");
  if (d.condition === "silent" && d.driver === "scale") return text("todoLine.silent"); // its line is open: the cable is there
  if (away && wire) return text("todoWire." + wire);
  if (d.condition === "flood") return text(d.driver === "photoeye" ? "todoFlood.eye" : "todoFlood.other");
  const of = d.class === "belt" ? "todoBelt." : d.driver === "scanner" || d.driver === "scale" ? "todoLine." : "todoPrinter.";
  return has(of + d.condition) ? text(of + d.condition) : "";
}

function DeviceEntry(p: { d: Device; items: Items }) {
  const { d } = p;
  const next = d.ok ? "" : deviceTodo(d, p.items);
  const [said, say] = useState("");
  const [busy, setBusy] = useState(false);
  const test = () => {
    setBusy(true);
    say("");
    call<Did>("POST", "/site/v1/devices/" + encodeURIComponent(d.name) + "/test", { reason: "devices page" })
      .then(
        (r) => say(text("tested." + r.did, { weight: r.shows || r.grams || "", state: r.detail || "" })),
        (e: Problem) => say(text("lead.failed", { code: either("printer.", e.code) })),
      )
      .then(() => setBusy(false));
  };
  const told = [d.model, d.firmware, d.serial].filter((x) => !!x).join(" · ");
  return (
    <li data-device={d.name} class={d.ok ? "" : "bad"}>
      <p>
        <span class="dot">{d.ok ? "\u25cf" : "\u2715"}</span> <b>{d.name}</b>
        <span data-state>{state(d)}</span>
        <small>{age(d.since)}</small>
        {d.stations && <small>{d.stations}</small>}
        <button type="button" class="quiet" data-action="test" disabled={busy} onClick={test}>
          {text("lead.test")}
        </button>
      </p>
      {next && <p class="todo">{"\u2192 " + next}</p>}
      {!d.ok && d.hint && (next ? <p><small>{d.hint}</small></p> : <p class="todo">{"\u2192 " + d.hint}</p>)}
      <p role="status">{said}</p>
      <p>
        <small>{[d.driver, d.protocol, d.link].filter((x) => !!x).join(" · ")}</small>
        {told && <small>{told}</small>}
        {d.odometerUnit && <small>{text(d.odometerUnit === "labels" ? "lead.odometerLabels" : "lead.odometer", { n: count(d.odometer || 0) })}</small>}
        <small>{text("lead.bytes", { read: count(d.bytesIn || 0), sent: count(d.bytesOut || 0) })}</small>
      </p>
      {d.lastError && (
        <details class="last-error">
          <summary>
            {text("lead.lastError", { time: age(d.lastErrorAt) })}: {text("deviceError." + (has("deviceError." + d.lastErrorCode) ? d.lastErrorCode : "other"))}
          </summary>
          <small lang="en">{[d.lastError, d.lastErrorHint].filter((x) => !!x).join(" \u2192 ")}</small>
        </details>
      )}
    </li>
  );
}

export function DeviceList(p: { items: Items }) {
  const all = values(p.items.devices).sort((a, b) => Number(a.ok) - Number(b.ok) || (a.name < b.name ? -1 : 1));
  return (
    <div>
      <h2>{text("lead.devices")}</h2>
      <ul class="people-list device-list">
        {all.map((d) => (
          <DeviceEntry key={d.name} d={d} items={p.items} />
        ))}
      </ul>
    </div>
  );
}
