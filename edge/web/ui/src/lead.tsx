// The script of the site lead's page, 1440 x 900, also on a wall.

import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Client } from "./client";
import { call } from "./http";
import { acts, Audit, AuditFilter } from "./lead/audit";
import { Badges } from "./lead/badges";
import { Board, values } from "./lead/board";
import { DeviceList } from "./lead/devices";
import { Find, List, OrderStory } from "./lead/orders";
import { Paper } from "./lead/paper";
import { PeopleList } from "./lead/people";
import { Rows } from "./lead/rows";
import { ShiftEnd } from "./lead/shift";
import { Devices, Hour, Hours, People, Printers, Reads, Trucks, Wms } from "./lead/side";
import { Troubles, troubles } from "./lead/trouble";
import { TruckList } from "./lead/trucks";
import { count } from "./lead/words";
import "./style/base.css";
import "./style/lead.css";
import { setLanguage, text } from "./text";
import { clock, edgeNow } from "./time";
import { LanguageRow, Login } from "./ui/login";

interface Drawer { f?: Find; people?: boolean; devices?: boolean; trucks?: boolean; page?: "shift" | "badges" | "paper" | "audit"; audit?: AuditFilter; order?: { id: string; client: string } }

function Lead(p: { client: Client; board: Board }) {
  const { board, client } = p;
  const [drawer, setDrawer] = useState<Drawer | undefined>(undefined);
  const [hours, setHours] = useState<Hour[]>([]);
  const [menu, setMenu] = useState(false);
  const [search, setSearch] = useState("");
  const counting = !!(board.items.head[""] && board.items.head[""].counting);
  const box = useRef<HTMLInputElement>(null);
  const show = (d: Drawer | undefined) => {
    setMenu(false);
    setDrawer(d);
  };
  const find = (f: Find) => show({ f });
  useEffect(() => {
    client.onScan = (code) => find({ find: code });
    client.onPartial = (b) => b === "/" && box.current && box.current.focus();
    const esc = (e: KeyboardEvent) => e.key === "Escape" && show(undefined);
    const away = (e: Event) => !(e.target as Element).closest(".lead-menu, .menu-button") && setMenu(false);
    window.addEventListener("keydown", esc);
    window.addEventListener("click", away);
    const read = () => void call<{ items: Hour[] }>("GET", "/site/v1/kpi").then((r) => setHours(r.items), () => undefined);
    read();
    const t = window.setInterval(read, 60000);
    return () => {
      window.removeEventListener("keydown", esc);
      window.removeEventListener("click", away);
      clearInterval(t);
    };
  }, [counting]);
  const head = board.items.head[""];
  const alarms = troubles(board.items);
  const calls = alarms.filter((e) => e.kind === "help").length;
  const quiet = Math.round((Date.now() - board.heard) / 1000);
  const go = (e: Event) => {
    e.preventDefault();
    if (search.trim() !== "") find({ find: search.trim() });
  };
  return (
    <div class="lead" data-live={board.live ? "yes" : "no"}>
      <header class="lead-top">
        <b class="clock">{clock(edgeNow())}</b>
        <span class="site">{board.site}</span>
        {board.live ? <span class="live">{"\u25cf " + text("lead.live")}</span> : <span class="stale">{"\u2715 " + text("lead.stale", { seconds: board.heard ? quiet : 0 })}</span>}
        {head && (
          <button type="button" class="quiet" onClick={() => find({})}>
            {text("lead.open", { n: count(head.open) })}
          </button>
        )}
        {alarms.length > 0 && (
          <button type="button" class="alarm" onClick={() => (document.getElementById("trouble") as HTMLElement).scrollIntoView()}>
            {"\u26a0 " + alarms.length}
            {calls > 0 && " \u00b7 " + text("lead.calls", { n: calls })}
          </button>
        )}
        <form onSubmit={go}>
          <input ref={box} type="search" value={search} placeholder={text("lead.search")} aria-label={text("lead.search")} onInput={(e) => setSearch((e.target as HTMLInputElement).value)} />
        </form>
        <button type="button" class="quiet menu-button" aria-expanded={menu} onClick={() => setMenu(!menu)}>
          {client.session && client.session.worker.name}
        </button>
      </header>
      {menu && (
        <div class="lead-menu">
          <LanguageRow onChange={() => client.changed()} />
          {(["shift", "badges", "paper", "audit"] as const).map((page) => (
            <button key={page} type="button" data-page-of={page} onClick={() => show({ page })}>{text(page + ".title")}</button>
          ))}
          <button type="button" onClick={() => location.assign("/")}>{text("menu.home")}</button>
          <button type="button" onClick={() => location.assign("/barcode")}>{text("lead.codes")}</button>
          <button type="button" data-action="logout" onClick={() => void client.logout()}>{text("menu.logout")}</button>
        </div>
      )}
      <main>
        <Rows items={board.items} find={find} />
        <div class="lower">
          <Troubles items={board.items} open={(id) => show({ order: { id, client: "" } })} />
          <div class="cards">
            <Wms items={board.items} />
            <People items={board.items} open={() => show({ people: true })} />
            <Printers items={board.items} />
            <div class="stacked">
              <Devices items={board.items} open={() => show({ devices: true })} />
              <Trucks items={board.items} open={() => show({ trucks: true })} />
              <Reads items={board.items} />
            </div>
            <Hours hours={hours} counting={counting} />
          </div>
        </div>
      </main>
      {drawer && (
        <aside class="drawer">
          <button type="button" class="quiet close" onClick={() => show(undefined)}>
            {text("ui.close")}
          </button>
          {drawer.order ? (
            <OrderStory id={drawer.order.id} client={drawer.order.client} mark={markOf(board, drawer.order.id)} back={drawer.f ? () => show({ f: Object.assign({}, drawer.f, { find: undefined }) }) : drawer.audit && (() => show({ page: "audit", audit: drawer.audit }))} />
          ) : drawer.page === "shift" ? (
            <ShiftEnd />
          ) : drawer.page === "badges" ? (
            <Badges items={board.items} />
          ) : drawer.page === "paper" ? (
            <Paper />
          ) : drawer.page === "audit" ? (
            <Audit filter={drawer.audit || acts} set={(audit) => show({ page: "audit", audit })} open={(id, c) => show({ audit: drawer.audit || acts, order: { id, client: c } })} />
          ) : drawer.devices ? (
            <DeviceList items={board.items} />
          ) : drawer.trucks ? (
            <TruckList />
          ) : drawer.people ? (
            <PeopleList open={(id) => show({ order: { id, client: "" } })} me={client.session ? client.session.worker.id : ""} />
          ) : (
            <List f={drawer.f || {}} open={(id, c) => show({ f: drawer.f && !drawer.f.find ? drawer.f : undefined, order: { id, client: c } })} />
          )}
        </aside>
      )}
    </div>
  );
}

// markOf changes when the board tells something else of an order.
function markOf(board: Board, order: string): string {
  return values(board.items.exceptions).filter((e) => e.order === order).map((e) => [e.kind, e.id, e.reason, e.by, e.units].join()).join(" ");
}

function start(): void {
  const root = document.getElementById("app") as HTMLElement;
  setLanguage();
  const client = new Client(draw, () => false);
  let board: Board | undefined;
  let entered = "";
  function draw(): void {
    document.title = text("lead.title");
    document.documentElement.setAttribute("data-phase", client.phase);
    if (client.phase === "login") {
      if (board) board.stop();
      board = undefined;
      entered = "";
      render(<Login client={client} pinAlways />, root);
      return;
    }
    const s = client.session;
    if (client.phase !== "work" || !s) return;
    if (!s.worker.roles.some((r) => r === "lead" || r === "admin")) {
      render(<NotLead client={client} />, root);
      return;
    }
    if (!board || entered !== s.session) {
      if (board) board.stop();
      entered = s.session;
      board = new Board(draw, (why) => client.expire(why));
      board.start();
    }
    render(<Lead client={client} board={board} />, root);
  }
  draw();
  void client.begin();
  window.setInterval(draw, 1000);
}

function NotLead(p: { client: Client }) {
  return (
    <main class="login">
      <div class="center">
        <h1>{text("lead.notLead")}</h1>
        <button type="button" class="primary wide" onClick={() => void p.client.logout()}>
          {text("menu.logout")}
        </button>
      </div>
    </main>
  );
}

start();
