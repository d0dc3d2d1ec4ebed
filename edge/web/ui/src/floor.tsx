// The script of the pages /, /pda and /desk: one classic script for old
// WebViews.

import { render } from "preact";
import { Client } from "./client";
import "./style/base.css";
import "./style/floor.css";
import "./style/desk.css";
import { load, save } from "./store";
import { setLanguage, text } from "./text";
import { ToldPIN } from "./ui/approve";
import { Desk } from "./ui/desk";
import { Home } from "./ui/home";
import { Login } from "./ui/login";
import { Pda } from "./ui/pda";
import { Rest } from "./ui/rest";
import { Practice, Start } from "./ui/start";

const page = document.documentElement.getAttribute("data-page") || "home";

// Which device and desk this is may come with the address: /pda?device=pda-07,
// /desk?station=pack-1. Neither is secret.
function fromAddress(): void {
  new URLSearchParams(location.search).forEach((v, k) => {
    if ((k === "device" || k === "station") && v !== load(k, "")) save(k, v);
  });
}

function Work(p: { client: Client }) {
  const { client } = p;
  if (page === "home") return <Home client={client} />;
  return (
    <div class={client.session && client.session.practice ? "floor practice" : "floor"}>
      <Practice client={client} />
      {page === "desk" ? <Desk client={client} /> : <Pda client={client} />}
      <Start client={client} desk={page === "desk"} />
      {client.toldPIN && <ToldPIN client={client} />}
      {client.rested > 0 && <Rest client={client} />}
    </div>
  );
}

function start(): void {
  const root = document.getElementById("app") as HTMLElement;
  fromAddress();
  setLanguage();
  const client = new Client(draw, () => page !== "home");
  function draw(): void {
    document.title = text("app.title");
    document.documentElement.setAttribute("data-phase", client.phase);
    if (client.phase === "login") render(<Login client={client} />, root);
    else if (client.phase === "work") render(<Work client={client} />, root);
  }
  draw();
  void client.begin();
  window.setInterval(() => {
    draw(); // minutes to a cut-off run down
    void client.refresh();
  }, 15000);
}

start();
