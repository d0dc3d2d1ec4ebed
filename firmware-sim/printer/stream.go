package printer

import (
	"strconv"
	"strings"
	"time"
)

// command is one ZPL command with what followed it up to the next prefix.
type command struct {
	tilde bool   // a ~ command that is no control command of ours (~SD15)
	name  string // two upper-case characters; "A0" for ^A with font 0
	args  []byte
}

// format is one ^XA..^XZ as it was collected.
type format struct {
	commands []command
	raw      []byte
	starts   int       // ^XA seen; above 1 a cut format was glued to a new one
	came     time.Time // when it began
}

// event is what a byte completed: a control command or a whole format.
type event struct {
	control string // "HS"; or an SGD variable name where sgd is true
	sgd     bool
	format  *format
}

// stream cuts the byte stream into control commands and formats. It is fed one
// byte at a time, so that a cut can fall anywhere, and holds at most limit bytes.
type stream struct {
	caret, tilde byte
	limit        int

	cur      *format // the partial format; nil outside
	word     []byte  // prefix and up to two letters of the command being read
	prefixOf byte    // 'C' or 'T' while the argument of ^CC or ^CT is awaited
	header   []byte  // arguments of a ^GF, until it is known not to be binary
	inHeader bool
	binary   int    // bytes of a ^GFB left to take as they are
	line     []byte // text outside formats, for "! U1 getvar" lines
	dropped  int    // formats thrown away because they did not fit
	skipping bool   // the present format is too large: throw away up to ^XZ
}

// controls are the ~ commands that act at once and take no arguments.
const controls = " HS HI HM HQES HQOD HQSN JA JX PS PP JR "

func newStream(limit int) *stream {
	return &stream{caret: '^', tilde: '~', limit: limit}
}

// partial says whether a format has begun and not ended.
func (s *stream) partial() bool { return s.cur != nil }

// held is how many bytes the partial format takes.
func (s *stream) held() int {
	if s.cur == nil {
		return 0
	}
	return len(s.cur.raw)
}

// cancel throws the partial format away (~JX, or a dropped connection).
func (s *stream) cancel() {
	s.cur, s.word, s.inHeader, s.binary, s.prefixOf, s.skipping = nil, nil, false, 0, 0, false
	s.line = nil
}

// feed takes one byte and returns what it completed, if anything.
func (s *stream) feed(b byte) (event, bool) {
	if s.cur != nil && !s.skipping {
		s.cur.raw = append(s.cur.raw, b)
		if len(s.cur.raw) > s.limit {
			s.skipping = true
			s.cur.commands, s.cur.raw = nil, nil
		}
	}
	if s.binary > 0 {
		s.binary--
		s.data(b)
		return event{}, false
	}
	if s.prefixOf != 0 {
		s.setPrefix(b)
		return event{}, false
	}
	if b == s.caret || b == s.tilde {
		s.inHeader = false
		s.word = append(s.word[:0], b)
		return event{}, false
	}
	if len(s.word) == 0 {
		return s.text(b)
	}
	s.word = append(s.word, b)
	tilde, name := s.word[0] == s.tilde, strings.ToUpper(string(s.word[1:]))
	if len(name) < 2 || tilde && len(name) < 4 && strings.HasPrefix(name, "HQ") {
		return event{}, false // ~HQ says with two more letters what it asks
	}
	s.word = s.word[:0]
	return s.complete(tilde, name)
}

// complete acts on a command whose two letters are known.
func (s *stream) complete(tilde bool, name string) (event, bool) {
	switch {
	case name == "CC" || name == "CT":
		s.prefixOf = name[1]
	case tilde && strings.Contains(controls, " "+name+" "):
		if name == "JX" {
			s.cancel()
		}
		return event{control: name}, true
	case tilde:
		s.begin(true, name)
	case name == "XA":
		s.open()
	case name == "XZ":
		return s.close()
	default:
		s.begin(false, name)
	}
	return event{}, false
}

// begin opens a command of the present format.
func (s *stream) begin(tilde bool, name string) {
	s.inHeader = false
	if s.cur != nil && !s.skipping {
		s.cur.commands = append(s.cur.commands, command{tilde: tilde, name: name})
		s.inHeader, s.header = name == "GF" && !tilde, s.header[:0]
	}
}

func (s *stream) open() {
	s.line = nil
	if s.cur == nil {
		s.cur = &format{raw: []byte("^XA"), starts: 1}
		return
	}
	s.cur.starts++
	s.begin(false, "XA")
}

func (s *stream) close() (event, bool) {
	f, skipped := s.cur, s.skipping
	s.cur, s.skipping = nil, false
	if f == nil {
		return event{}, false
	}
	if skipped {
		s.dropped++
		return event{}, false
	}
	return event{format: f}, true
}

// text takes a byte that belongs to no prefix: data of the last command, or,
// outside formats, a Set-Get-Do line.
func (s *stream) text(b byte) (event, bool) {
	if s.cur != nil {
		s.data(b)
		s.binaryHeader(b)
		return event{}, false
	}
	if b != '\n' && b != '\r' {
		if len(s.line) < 256 {
			s.line = append(s.line, b)
		}
		return event{}, false
	}
	line := string(s.line)
	s.line = s.line[:0]
	name, ok := strings.CutPrefix(line, `! U1 getvar "`)
	if !ok || !strings.HasSuffix(name, `"`) {
		return event{}, false
	}
	return event{control: strings.TrimSuffix(name, `"`), sgd: true}, true
}

func (s *stream) data(b byte) {
	if s.cur == nil || s.skipping || len(s.cur.commands) == 0 {
		return
	}
	last := &s.cur.commands[len(s.cur.commands)-1]
	last.args = append(last.args, b)
}

// binaryHeader watches the arguments of ^GF: after "B,n,total,row," come n
// bytes in which a prefix is no prefix.
func (s *stream) binaryHeader(b byte) {
	if !s.inHeader {
		return
	}
	s.header = append(s.header, b)
	if s.header[0] != 'B' && s.header[0] != 'b' || len(s.header) > 64 {
		s.inHeader = false
		return
	}
	parts := strings.Split(string(s.header), ",")
	if len(parts) < 5 {
		return
	}
	s.inHeader = false
	if n, err := strconv.Atoi(strings.TrimSpace(parts[1])); err == nil && n > 0 && n <= s.limit {
		s.binary = n
	}
}

func (s *stream) setPrefix(b byte) {
	if s.prefixOf == 'C' {
		s.caret = b
	} else {
		s.tilde = b
	}
	s.prefixOf = 0
}
