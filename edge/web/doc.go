// Package web is the edge's one listener for people and programs: the floor
// contract (login, socket, scans, actions, screens), the site lead's reads and
// writes, health, metrics and the embedded pages. The sync API is mounted as a
// handler that brings its own keys.
//
// It imports the standard library, gorilla/websocket, prometheus, edge,
// edge/access, edge/board and edge/catalogue. The engine, the vault and the
// printing side are interfaces declared here.
//
// Invariants:
//   - Every route stands in one table with who may call it; a request is
//     refused by origin, then session, then role, before anything is looked up.
//   - A verdict leaves only from the engine's answer, which follows the flush.
//   - Messages of one socket are submitted in the order in which they arrived.
//   - What is queued for a socket is bounded; nothing here blocks the engine.
//   - No PIN, badge or token reaches a log, a metric, a URL or the engine.
package web
