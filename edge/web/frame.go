package web

import (
	"encoding/base64"
	"time"
	"unicode/utf8"

	"dcedge/edge"
)

// Limits of the floor contract.
const (
	maxFrame  = 8 << 10  // a frame or body, bytes
	maxRead   = 64 << 10 // beyond it the socket closes with 1009
	maxCode   = 2048     // a scanned code, bytes
	maxOrders = 100      // of args.orders
)

// frameError says why a frame was not decided. ID is text of the frame's id
// where it had a good one.
type frameError struct {
	id     edge.ID
	code   string
	detail string // names the field, never quotes it
}

func (e *frameError) Error() string { return e.code + ": " + e.detail }

// readMessage makes a message of one frame. t is what the frame must be where
// the frame itself may leave it out ("" : it may not).
func (s *Server) readMessage(b []byte, t string) (*edge.Message, *frameError) {
	if len(b) > maxFrame {
		return nil, &frameError{code: "tooLarge", detail: "a frame holds at most 8 KiB"}
	}
	if !utf8.Valid(b) {
		return nil, &frameError{code: "notUTF8", detail: "a frame is UTF-8 text"}
	}
	var room [8]member
	o, err := membersIn(room[:0], b)
	if err != nil {
		return nil, &frameError{code: "malformed", detail: "a frame is one JSON object"}
	}
	m := &edge.Message{}
	var idText string
	if o.text("id", &idText) != nil {
		return nil, &frameError{code: "fieldType", detail: "id"}
	}
	if m.ID, err = edge.ParseID(idText); err != nil {
		return nil, &frameError{code: "id", detail: "id must be a UUIDv7"}
	}
	if fe := s.fill(m, o, t); fe != nil {
		fe.id = m.ID
		return nil, fe
	}
	m.Hash = s.contentHash(m.Kind, o)
	return m, nil
}

func (s *Server) fill(m *edge.Message, o object, t string) *frameError {
	given := t
	if o.text("t", &given) != nil {
		return &frameError{code: "fieldType", detail: "t"}
	}
	if t != "" && given != t {
		return &frameError{code: "unknownType", detail: "t does not fit this address"}
	}
	if fe := readTime(o, m); fe != nil {
		return fe
	}
	switch given {
	case "scan":
		m.Kind = edge.Scan
		return readScan(o, m)
	case "act":
		m.Kind = edge.Act
		return readAct(o, m)
	}
	return &frameError{code: "unknownType", detail: "t is scan or act"}
}

// textField is a field of text and where it goes.
type textField struct {
	name string
	to   *string
}

func readTime(o object, m *edge.Message) *frameError {
	var at string
	if o.text("at", &at) != nil {
		return &frameError{code: "fieldType", detail: "at"}
	}
	if at == "" {
		return nil
	}
	var err error
	if m.DeviceAt, err = time.Parse(time.RFC3339Nano, at); err != nil {
		return &frameError{code: "fieldType", detail: "at is RFC 3339 with offset"}
	}
	return nil
}

func readScan(o object, m *edge.Message) *frameError {
	var b64 string
	texts := [...]textField{{"code", &m.Code}, {"codeB64", &b64}, {"symbology", &m.Symbology}, {"source", &m.Source}, {"station", &m.Args.Station}}
	for _, f := range texts {
		if o.text(f.name, f.to) != nil {
			return &frameError{code: "fieldType", detail: f.name}
		}
	}
	_, plain := o.get("code")
	_, coded := o.get("codeB64")
	switch {
	case plain == coded:
		return &frameError{code: "fieldMissing", detail: "exactly one of code and codeB64"}
	case coded:
		raw, err := base64.StdEncoding.DecodeString(b64)
		if err != nil {
			return &frameError{code: "fieldType", detail: "codeB64 is base64"}
		}
		m.Code = string(raw)
	}
	if len(m.Code) > maxCode {
		return &frameError{code: "tooLarge", detail: "a code holds at most 2048 bytes"}
	}
	if len(m.Symbology) > 16 {
		return &frameError{code: "fieldType", detail: "symbology is an AIM identifier"}
	}
	if len(m.Source) > 16 {
		return &frameError{code: "fieldType", detail: "source is wedge, intent, camera, serial or typed"}
	}
	return nil
}

func readAct(o object, m *edge.Message) *frameError {
	if o.text("action", &m.Action) != nil {
		return &frameError{code: "fieldType", detail: "action"}
	}
	if m.Action == "" {
		return &frameError{code: "fieldMissing", detail: "action"}
	}
	if len(m.Action) > 32 {
		m.Action = "unknown" // no action has such a name; the rest would only be carried along
	}
	var err error
	if m.Rev, err = o.unsigned("rev"); err != nil {
		return &frameError{code: "fieldType", detail: "rev"}
	}
	raw, there := o.get("args")
	if !there {
		return nil
	}
	args, err := members(raw)
	if err != nil {
		return &frameError{code: "fieldType", detail: "args"}
	}
	if name := readArgs(args, &m.Args); name != "" {
		return &frameError{code: "fieldType", detail: "args." + name}
	}
	return nil
}

// readArgs fills a and gives the name of the first argument of a wrong type.
// byLead is not read: only access says who the lead is.
func readArgs(o object, a *edge.Args) string {
	var flow string
	texts := [...]textField{{"flow", &flow}, {"mode", &a.Mode}, {"zone", &a.Zone}, {"station", &a.Station}, {"reason", &a.Reason}, {"of", &a.Of}, {"order", &a.Order},
		{"text", &a.Text}, {"source", &a.Source}, {"box", &a.Box}, {"waybill", &a.Waybill}, {"attempt", &a.Attempt},
		{"outcome", &a.Outcome}, {"grade", &a.Grade}, {"badge", &a.Badge}, {"pin", &a.PIN}}
	for _, t := range texts {
		if o.text(t.name, t.to) != nil {
			return t.name
		}
	}
	a.Flow = edge.Flow(flow)
	var err error
	if a.N, err = o.integer("n"); err != nil {
		return "n"
	}
	if a.Found, err = o.integer("found"); err != nil {
		return "found"
	}
	if o.decimal("grams", &a.Grams) != nil {
		return "grams"
	}
	if a.Orders, err = o.texts("orders"); err != nil || len(a.Orders) > maxOrders {
		return "orders"
	}
	return ""
}
