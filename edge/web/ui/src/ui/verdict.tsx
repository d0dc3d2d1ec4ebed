// The sign of a verdict. A good one is a frame or a flash and goes by itself;
// a refusal covers the screen until the next pull or a touch.

import type { Client } from "../client";
import { sayText, text } from "../text";
import { headline } from "./task";
import { Shape } from "./shapes";

const known = ["ok", "done", "wrong", "over", "duplicate", "cancelled", "hold", "unknown", "unexpected", "denied", "stale", "idReused", "notYours", "internal"];

export function SignView(p: { client: Client }) {
  const s = p.client.sign;
  if (!s) return null;
  const code = known.indexOf(s.code) >= 0 ? s.code : "unknown";
  if (code === "ok") return <div class="sign sign-ok" data-code="ok" data-key={s.say.key} />;
  const args = s.say.args || {};
  const next = p.client.screen && headline(p.client.screen);
  if (s.ok) {
    return (
      <div class="sign sign-done" data-code={code} data-key={s.say.key} role="status">
        <Shape code={code} />
        <b>{text("verdict." + code)}</b>
        <p>{sayText(s.say)}</p>
        {next && <p class="next">{next}</p>}
      </div>
    );
  }
  const unit = s.say.key === "pack.wrongWeight" ? " g" : "";
  const both = args.expected !== undefined && args.scanned !== undefined && args.expected !== "";
  return (
    <div class={"sign refusal sign-" + code} data-code={code} data-key={s.say.key} role="alert" onClick={() => p.client.dismiss()}>
      <Shape code={code} />
      <b>{text("verdict." + code)}</b>
      <p>{sayText(s.say)}</p>
      {both && (
        <dl class="both">
          <div>
            <dt>{text("verdict.expected")}</dt>
            <dd class="code">{args.expected + unit}</dd>
          </div>
          <div>
            <dt>{text("verdict.scanned")}</dt>
            <dd class="code">{args.scanned + unit}</dd>
          </div>
        </dl>
      )}
      {p.client.more.length > 0 && <p class="more">{text("verdict.more", { n: p.client.more.length })}</p>}
      {p.client.mustAck() ? (
        <button type="button" class="ack" id="ack" disabled={!p.client.mayAct("ack")}
          onClick={(e) => {
            e.stopPropagation();
            p.client.act("ack");
          }}>
          {text("action.ack")}
        </button>
      ) : (
        <p class="go">{text("verdict.go")}</p>
      )}
    </div>
  );
}

export function Notes(p: { client: Client }) {
  if (p.client.notes.length === 0) return null;
  return (
    <div class="notes" role="status">
      {p.client.notes.slice(-2).map((n) => (
        <p key={n.n} data-key={n.say.key}>
          <Shape code={n.say.key.indexOf("help.") === 0 ? "ok" : n.code === "ok" ? "hold" : n.code} />
          {sayText(n.say)}
        </p>
      ))}
    </div>
  );
}
