package web

import (
	"strconv"

	"dcedge/edge"
)

// The frames that the edge sends (floor contract, section 2). Fields that have
// nothing to say are left out.

func (s *Server) appendHello(b []byte, session string) []byte {
	b = append(b, `{"t":"hello","version":1,"epoch":`...)
	b = edge.AppendQuoted(b, s.cfg.Epoch)
	b = append(b, `,"edgeTime":"`...)
	b = edge.AppendTime(b, s.deps.Now().In(s.cfg.Zone))
	b = append(b, `","session":`...)
	b = edge.AppendQuoted(b, session)
	b = append(b, `,"maxFrame":`...)
	b = strconv.AppendInt(b, maxFrame, 10)
	return append(b, '}')
}

func (s *Server) appendVerdict(b []byte, v *edge.Verdict) []byte {
	b = append(b, `{"t":"verdict","id":"`...)
	b = v.ID.AppendText(b)
	b = append(b, `","ok":`...)
	b = strconv.AppendBool(b, v.OK)
	b = append(b, `,"code":`...)
	b = edge.AppendQuoted(b, string(v.Code))
	b = append(b, `,"say":`...)
	b = appendSay(b, v.Say)
	if v.Receipt.Seq != 0 {
		b = append(b, `,"receipt":{"epoch":`...)
		b = edge.AppendQuoted(b, v.Receipt.Epoch)
		b = append(b, `,"seq":`...)
		b = strconv.AppendUint(b, v.Receipt.Seq, 10)
		b = append(b, `,"at":"`...)
		b = edge.AppendTime(b, v.Receipt.At.In(s.cfg.Zone))
		b = append(b, `"}`...)
	}
	if v.Screen != nil {
		b = append(b, `,"screen":`...)
		b = appendScreen(b, v.Screen)
	}
	b = s.appendArticle(b, v)
	if v.Repeat {
		b = append(b, `,"repeat":true`...)
	}
	return append(b, '}')
}

func appendSay(b []byte, say edge.Say) []byte {
	b = append(b, `{"key":`...)
	b = edge.AppendQuoted(b, say.Key)
	if len(say.Args) > 0 {
		b = append(b, `,"args":{`...)
		for i, a := range say.Args {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(edge.AppendQuoted(b, a.Name), ':')
			if a.IsNum {
				b = strconv.AppendInt(b, a.N, 10)
			} else {
				b = edge.AppendQuoted(b, a.Text)
			}
		}
		b = append(b, '}')
	}
	return append(b, '}')
}

func appendScreenFrame(b []byte, sc *edge.Screen) []byte {
	b = append(b, `{"t":"screen","screen":`...)
	return append(appendScreen(b, sc), '}')
}

func appendSeen(b []byte, epoch string, seq uint64) []byte {
	b = append(b, `{"t":"seen","epoch":`...)
	b = edge.AppendQuoted(b, epoch)
	b = append(b, `,"seq":`...)
	return append(strconv.AppendUint(b, seq, 10), '}')
}

func appendNotice(b []byte, code string, say edge.Say) []byte {
	b = append(b, `{"t":"notice","code":`...)
	b = edge.AppendQuoted(b, code)
	b = append(b, `,"say":`...)
	return append(appendSay(b, say), '}')
}

func appendError(b []byte, e *frameError, retry bool) []byte {
	b = append(b, `{"t":"error"`...)
	if !e.id.IsZero() {
		b = append(b, `,"id":"`...)
		b = append(e.id.AppendText(b), '"')
	}
	b = append(b, `,"code":`...)
	b = edge.AppendQuoted(b, e.code)
	b = append(b, `,"detail":`...)
	b = edge.AppendQuoted(b, e.detail)
	b = append(b, `,"retry":`...)
	return append(strconv.AppendBool(b, retry), '}')
}
