package mqtt

import (
	"strings"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

// hook is the broker's side of the embedded server. Each of its methods runs on
// the goroutine of the client's connection, so that a message that waits for its
// Ack keeps only its own connection waiting: one durable message per connection
// is in flight.
type hook struct {
	mochi.HookBase
	b *Broker
}

func (h *hook) ID() string { return "dcedge" }

func (h *hook) Provides(b byte) bool {
	switch b {
	case mochi.OnConnectAuthenticate, mochi.OnACLCheck, mochi.OnPublish, mochi.OnSessionEstablish, mochi.OnSessionEstablished, mochi.OnDisconnect:
		return true
	}
	return false
}

// clientOf is the user name of a connection, else its client id.
func clientOf(cl *mochi.Client) string {
	if len(cl.Properties.Username) > 0 {
		return string(cl.Properties.Username)
	}
	return cl.ID
}

// OnConnectAuthenticate lets configured devices in, by MQTT 3.1.1 only, with a
// last will on nothing but their own online topic.
func (h *hook) OnConnectAuthenticate(cl *mochi.Client, pk packets.Packet) bool {
	devs := h.b.admit(clientOf(cl), string(pk.Connect.Password))
	if devs == nil || pk.ProtocolVersion != 4 {
		return false
	}
	if pk.Connect.WillFlag {
		t, err := parseTopic(pk.Connect.WillTopic)
		if err != nil || t.what != Online || !h.owns(devs, t) || string(pk.Connect.WillPayload) != "false" {
			return false
		}
	}
	cl.Properties.Clean = true // whatever it asks for: no command waits for a device that is away
	return true
}

func (h *hook) owns(devs []*member, t topic) bool {
	for _, d := range devs {
		if t.site == h.b.in.site && t.class == d.Class && t.device == d.Name {
			return true
		}
	}
	return false
}

// OnACLCheck decides on reading: a device may subscribe below its own name only.
// Writing is decided in OnPublish, which acknowledges and drops: this server
// cuts a client off for what is denied here, and the client sends it again.
func (h *hook) OnACLCheck(cl *mochi.Client, filter string, write bool) bool {
	if write {
		return true
	}
	p := strings.Split(filter, "/")
	return len(p) == 5 && p[0] == "dc" && h.owns(h.b.rights[clientOf(cl)], topic{site: p[1], class: p[2], device: p[3]})
}

// OnPublish takes what a device sends. The server writes the PUBACK when it
// returns; ErrRejectPacket is the way to have none.
func (h *hook) OnPublish(cl *mochi.Client, pk packets.Packet) (packets.Packet, error) {
	if cl.Net.Inline {
		return pk, nil // ours
	}
	t, err := parseTopic(pk.TopicName)
	if err == nil && !h.owns(h.b.rights[clientOf(cl)], t) {
		h.b.in.refuse(nil, CodeRights, pk.TopicName)
		return pk, packets.CodeSuccessIgnore
	}
	end := make(chan bool, 1)
	for deadline := time.Now().Add(h.b.cfg.AckWait); ; {
		what, reply := h.b.in.take(pk.TopicName, pk.Payload, pk.FixedHeader.Retain, func(ok bool) { end <- ok })
		if reply != nil {
			_ = h.b.Send(*reply) // it is sent once more with the next try, or the scanner is gone
		}
		switch what {
		case queued:
			return pk, h.wait(cl, end, time.Until(deadline))
		case stated:
			if t.what == Online {
				return pk, nil // kept as the state of its topic
			}
			return pk, packets.CodeSuccessIgnore
		case left:
			return pk, packets.CodeSuccessIgnore
		}
		select { // full or early: this device waits, nothing of it is read meanwhile
		case <-h.b.done:
			return pk, h.cut(cl)
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return pk, h.cut(cl)
		}
	}
}

func (h *hook) wait(cl *mochi.Client, end <-chan bool, most time.Duration) error {
	t := time.NewTimer(most)
	defer t.Stop()
	select {
	case ok := <-end:
		if ok {
			return packets.CodeSuccessIgnore // acknowledged, and nobody else's business
		}
	case <-h.b.done:
	case <-t.C:
	}
	return h.cut(cl)
}

// cut ends a connection whose message could not be stored: the device sends it
// again when it is back, which it would not on the same connection.
func (h *hook) cut(cl *mochi.Client) error {
	cl.Stop(packets.ErrServerUnavailable)
	return packets.ErrRejectPacket
}

// OnSessionEstablish ends the last connection of a client that comes back and
// waits until the server has cleaned up after it. The server (mochi 2.7.9,
// attachClient) takes away what is subscribed and known by the client's id, also
// where that is the new connection's already: its device would hear no verdict.
func (h *hook) OnSessionEstablish(cl *mochi.Client, _ packets.Packet) {
	h.b.mu.Lock()
	server := h.b.server
	h.b.mu.Unlock()
	if server == nil {
		return
	}
	last, ok := server.Clients.Get(cl.ID)
	if !ok {
		return
	}
	last.Stop(packets.ErrSessionTakenOver)
	for deadline := time.Now().Add(h.b.cfg.AckWait); time.Now().Before(deadline); {
		if now, ok := server.Clients.Get(cl.ID); !ok || now != last {
			return
		}
		select {
		case <-h.b.done:
			return
		case <-time.After(time.Millisecond):
		}
	}
}

// OnSessionEstablished notes the connection that speaks for a client now.
func (h *hook) OnSessionEstablished(cl *mochi.Client, _ packets.Packet) {
	h.b.mu.Lock()
	defer h.b.mu.Unlock()
	h.b.live[clientOf(cl)] = cl
}

// OnDisconnect takes the devices of a connection as offline, with and without a
// last will, unless a newer connection speaks for them.
func (h *hook) OnDisconnect(cl *mochi.Client, _ error, _ bool) {
	name := clientOf(cl)
	h.b.mu.Lock()
	mine := h.b.live[name] == cl
	if mine {
		delete(h.b.live, name)
	}
	server := h.b.server
	h.b.mu.Unlock()
	if !mine {
		return
	}
	for _, d := range h.b.rights[name] {
		h.b.in.gone(d, "the device's connection ended", seeToDevice)
		if server != nil {
			_ = server.Publish(topic{h.b.in.site, d.Class, d.Name, Online}.String(), []byte("false"), true, 1)
		}
	}
}
