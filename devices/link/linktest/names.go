package linktest

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
)

// Names is a name server without a network, for net.Resolver. The zero value knows
// no name.
type Names struct {
	mu    sync.Mutex
	known map[string]netip.Addr
	dead  bool
}

// Know has a name lead to an IPv4 address; the zero address is none any more.
func (n *Names) Know(name string, at netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.known == nil {
		n.known = map[string]netip.Addr{}
	}
	n.known[name+"."] = at
}

// Dead has the server answer nobody, or again.
func (n *Names) Dead(dead bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dead = dead
}

// Resolver asks these names and nothing else.
func (n *Names) Resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.dead {
			return nil, errors.New("linktest: the name server is away")
		}
		near, far := net.Pipe() // no packets: the resolver speaks as over TCP
		go n.serve(far)
		return near, nil
	}}
}

// serve answers the questions of one connection, each with its length before it.
func (n *Names) serve(c net.Conn) {
	defer c.Close()
	for {
		q := make([]byte, 2)
		if _, err := io.ReadFull(c, q); err != nil {
			return
		}
		q = make([]byte, binary.BigEndian.Uint16(q))
		if _, err := io.ReadFull(c, q); err != nil {
			return
		}
		a := n.answer(q)
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(a))), a...)); err != nil {
			return
		}
	}
}

// answer is what RFC 1035 wants for the one question of q: an address, or that there
// is no such name.
func (n *Names) answer(q []byte) []byte {
	const head, kindA = 12, 1
	name, at := "", head
	for q[at] != 0 {
		name += string(q[at+1:at+1+int(q[at])]) + "."
		at += 1 + int(q[at])
	}
	question := q[head : at+5] // and its kind and class
	n.mu.Lock()
	addr := n.known[name]
	n.mu.Unlock()
	a := slices.Concat(q[:2], []byte{0x84, 0x03, 0, 1, 0, 0, 0, 0, 0, 0}, question) // no such name
	if !addr.IsValid() {
		return a
	}
	a[3] = 0
	if binary.BigEndian.Uint16(question[len(question)-4:]) == kindA {
		a[7] = 1
		ip := addr.As4()
		a = append(append(a, 0xC0, head, 0, kindA, 0, 1, 0, 0, 0, 0, 0, 4), ip[:]...)
	}
	return a
}
