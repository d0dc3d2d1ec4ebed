package crash

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A trace is what strace saw of a process's files, in order: the begin and the
// end of every call that changes something, and what was answered in between.

const calls = "openat,pwrite64,write,fdatasync,fsync,ftruncate,fallocate,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat"

// traced wraps a command line: strace stands aside, so that the process started
// is the program itself.
func traced(t testing.TB, file string) []string {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("SKIPPED, NOTHING PROVEN: strace is missing; install it (make setup-test)")
	}
	return []string{strace, "-D", "-f", "-y", "-xx", "-s", "4000000", "-e", "signal=none", "-e", "trace=" + calls, "-o", file}
}

type what byte

const (
	opWrite what = iota
	opSize
	opSync
	opCreate
	opRename
	opUnlink
	opMkdir
	opAnswer
)

// op is one call. Path, To are relative to the folder that is watched.
type op struct {
	what  what
	path  string
	to    string
	off   int64
	data  []byte
	grow  bool // fallocate: never shrinks
	claim []claim
	of    string // the folder that path is relative to, once it was cut off
}

// claim is something that was told to somebody.
type claim struct {
	id  string
	seq uint64
}

// step is one instant of a trace.
type step struct {
	op  *op
	end bool
}

var verdictText = regexp.MustCompile(`"t":"verdict","id":"([0-9a-f-]{36})"[^{]*"code":"[a-zA-Z]+","say":\{.*?"receipt":\{"epoch":"[^"]*","seq":(\d+)`)

// reader turns lines into steps. root is the watched folder.
type reader struct {
	root  string
	steps []step
	open  map[string]*pending // by thread
	pos   map[string]int64    // of write(2), by descriptor and path
}

type pending struct {
	op   *op
	text string
}

func readTrace(file, root string) ([]step, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := &reader{root: filepath.Clean(root) + "/", open: map[string]*pending{}, pos: map[string]int64{}}
	in := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := in.ReadString('\n')
		if line = strings.TrimSuffix(line, "\n"); line != "" {
			if e := r.line(line); e != nil {
				return nil, fmt.Errorf("%w: %.200s", e, line)
			}
		}
		if err == io.EOF {
			return r.steps, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func (r *reader) line(line string) error {
	pid, text, _ := strings.Cut(line, " ")
	text = strings.TrimLeft(text, " ")
	switch {
	case strings.HasPrefix(text, "+++"), strings.HasPrefix(text, "---"):
		return nil
	case strings.HasPrefix(text, "<... "):
		p := r.open[pid]
		if p == nil {
			return nil
		}
		delete(r.open, pid)
		_, rest, _ := strings.Cut(text, "resumed>")
		return r.finish(p.op, p.text+rest)
	case strings.HasSuffix(text, " <unfinished ...>"):
		text = strings.TrimSuffix(text, " <unfinished ...>")
		o, err := r.parse(text)
		if err != nil {
			return err
		}
		r.begin(o)
		r.open[pid] = &pending{op: o, text: text}
		return nil
	}
	o, err := r.parse(text)
	if err != nil {
		return err
	}
	r.begin(o)
	return r.finish(o, text)
}

func (r *reader) begin(o *op) {
	if o != nil {
		r.steps = append(r.steps, step{op: o})
	}
}

// finish notes the end of a call; one that failed has changed nothing.
func (r *reader) finish(o *op, text string) error {
	if o == nil {
		return nil
	}
	i := strings.LastIndex(text, " = ")
	if i < 0 || strings.HasPrefix(text[i+3:], "?") {
		return nil // ended with the process
	}
	if strings.HasPrefix(text[i+3:], "-") {
		for k := len(r.steps) - 1; k >= 0; k-- {
			if r.steps[k].op == o {
				r.steps = append(r.steps[:k], r.steps[k+1:]...)
				return nil
			}
		}
	}
	if o.what == opWrite {
		if n, _ := strconv.Atoi(strings.TrimSpace(text[i+3:])); n != len(o.data) {
			return fmt.Errorf("a write of %d bytes took %d", len(o.data), n)
		}
	}
	r.steps = append(r.steps, step{op: o, end: true})
	return nil
}

func unhex(s string) string {
	b, err := hex.DecodeString(strings.ReplaceAll(s, `\x`, ""))
	if err != nil {
		return ""
	}
	return string(b)
}

// quoted decodes a "\x.." argument; fd gives number and path of N<\x..>.
func quoted(s string) string { return unhex(strings.Trim(s, `"`)) }

func fd(s string) (n, path string) {
	n, rest, _ := strings.Cut(s, "<")
	return n, unhex(strings.TrimSuffix(rest, ">"))
}

// inside gives a path relative to the root; ok false: not watched.
func (r *reader) inside(path string) (string, bool) {
	if path+"/" == r.root {
		return ".", true
	}
	return strings.CutPrefix(filepath.Clean(path), r.root)
}

// parse reads a call's arguments; nil: of no interest.
func (r *reader) parse(text string) (*op, error) {
	name, rest, _ := strings.Cut(text, "(")
	if i := strings.LastIndex(rest, " = "); i >= 0 {
		rest = strings.TrimRight(rest[:i], " ")
		rest = strings.TrimSuffix(rest, ")")
	}
	args := strings.Split(rest, ", ")
	switch name {
	case "openat":
		return r.openat(args), nil
	case "mkdirat", "mkdir":
		return r.named(opMkdir, args[len(args)-2]), nil
	case "unlink":
		return r.named(opUnlink, args[0]), nil
	case "unlinkat":
		return r.named(opUnlink, args[1]), nil
	case "rename":
		return r.rename(args[0], args[1]), nil
	case "renameat", "renameat2":
		return r.rename(args[1], args[3]), nil
	}
	n, path := fd(args[0])
	in, ok := r.inside(path)
	if !ok {
		if name == "write" && strings.HasPrefix(path, "socket:") {
			return answer(quoted(args[1])), nil
		}
		return nil, nil
	}
	o := &op{path: in}
	switch name {
	case "fdatasync", "fsync":
		o.what = opSync
	case "ftruncate":
		o.what = opSize
		o.off, _ = strconv.ParseInt(args[1], 10, 64)
	case "fallocate":
		o.what, o.grow = opSize, true
		o.off, _ = strconv.ParseInt(args[3], 10, 64)
	case "pwrite64":
		o.data = []byte(quoted(args[1]))
		o.off, _ = strconv.ParseInt(args[3], 10, 64)
	case "write":
		o.data = []byte(quoted(args[1]))
		o.off = r.pos[n+in]
		r.pos[n+in] += int64(len(o.data))
	default:
		return nil, fmt.Errorf("call %s", name)
	}
	return o, nil
}

func (r *reader) named(w what, arg string) *op {
	in, ok := r.inside(quoted(arg))
	if !ok {
		return nil
	}
	return &op{what: w, path: in}
}

func (r *reader) rename(from, to string) *op {
	o := r.named(opRename, from)
	if o == nil {
		return nil
	}
	o.to, _ = r.inside(quoted(to))
	return o
}

func (r *reader) openat(args []string) *op {
	if len(args) < 3 || !strings.Contains(args[2], "O_CREAT") && !strings.Contains(args[2], "O_TRUNC") {
		return nil
	}
	o := r.named(opCreate, args[1])
	if o != nil {
		o.grow = !strings.Contains(args[2], "O_TRUNC")
		for k := range r.pos {
			if strings.HasSuffix(k, o.path) {
				delete(r.pos, k)
			}
		}
	}
	return o
}

// answer reads what was told to a worker.
func answer(text string) *op {
	o := &op{what: opAnswer}
	for _, m := range verdictText.FindAllStringSubmatch(text, -1) {
		seq, _ := strconv.ParseUint(m[2], 10, 64)
		o.claim = append(o.claim, claim{id: m[1], seq: seq})
	}
	if o.claim == nil {
		return nil
	}
	return o
}
