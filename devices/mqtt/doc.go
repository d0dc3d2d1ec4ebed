// Package mqtt is the way to the devices that speak MQTT 3.1.1: the embedded
// broker and the client of an external one, behind one Inbox (what devices send)
// and one Line (what they are told).
//
//	in, _ := mqtt.NewInbox("ICN1", devs, nil)
//	line, _ := mqtt.NewBroker(mqtt.BrokerConfig{Listen: "127.0.0.1:1883"}, in)
//	go line.Run(ctx)                  // supervised: it ends with a *devices.Fault
//	r, _ := in.Next(ctx)              // r.Ack() once it is on disk, else r.Fail()
//	line.Send(mqtt.VerdictTo(r.Device, v))
//
// Topics are dc/{site}/{class}/{device}/{what}, payloads flat JSON objects
// (contracts, devices section 2). It may import the standard library, devices,
// mochi-mqtt and paho; it is the only importer of those two.
//
// Invariants:
//   - A durable message (read, done, weight, pressed) is acknowledged (PUBACK)
//     only after Ack, which the consumer calls when its event is on disk. Fail
//     leaves it unacknowledged: the device or the broker brings it again.
//   - A durable message is never shed. Its queue is bounded: full, the embedded
//     broker stops reading from that device; the client leaves the message with
//     the external broker and resumes its session. The embedded broker also reads no
//     more than 250 of them a second from one device.
//   - Sensor states (photo-eyes) are shed when they flood, per device, the oldest
//     first, and the next one that is handed over says how many were (Missed).
//     Durable messages are always handed over first.
//   - One id of one device is in hand once; its repeats are settled with it. A
//     repeat of what was settled is handed over again: whoever decides knows its
//     ids (on disk) and gives the same verdict.
//   - A device speaks for itself only: what it publishes elsewhere is
//     acknowledged, dropped and counted. It is never cut off for that, since a
//     client sends a refused message again for ever.
//   - A retained message is refused (acknowledged, dropped, counted) unless it is
//     a state of its topic, which only `online` is.
//   - Commands are never retained and never kept for a device or a broker that is
//     away: Send says ErrNotConnected. Sessions of the embedded broker are clean
//     whatever a device asks for.
//   - A payload is what the contract says: a name twice, a wrong type, a missing
//     name, a nested value or more than 64 KiB is refused (a read whose id could
//     be made out gets the verdict `malformed`). Further names are left out.
package mqtt
