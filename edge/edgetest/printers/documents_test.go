package printers

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

// a4 is a printer of documents by RFC 8010 alone: it takes PDFs and is done at once.
type a4 struct {
	*httptest.Server
	mu     sync.Mutex
	papers [][]byte
	refuse int // jobs still to be refused
}

func startA4(t *testing.T) *a4 {
	p := &a4{}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *a4) serve(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil || len(raw) < 8 {
		return
	}
	out, status := []byte{2, 0, 0, 0, 0, 0, 0, 1, 1}, byte(0)
	put := func(tag byte, name string, value []byte) {
		out = append(out, tag)
		out = binary.BigEndian.AppendUint16(out, uint16(len(name)))
		out = append(out, name...)
		out = binary.BigEndian.AppendUint16(out, uint16(len(value)))
		out = append(out, value...)
	}
	put(0x47, "attributes-charset", []byte("utf-8"))
	p.mu.Lock()
	defer p.mu.Unlock()
	switch raw[3] {
	case 0x02:
		if p.refuse > 0 {
			p.refuse--
			status = 0x07 // server-error-busy, with the 5 below
			break
		}
		p.papers = append(p.papers, raw[bytes.Index(raw, []byte("%PDF")):])
		out = append(out, 2)
		put(0x21, "job-id", []byte{0, 0, 0, byte(len(p.papers))})
	case 0x09:
		out = append(out, 2)
		put(0x23, "job-state", []byte{0, 0, 0, 9})
	case 0x0b:
		out = append(out, 4)
		put(0x23, "printer-state", []byte{0, 0, 0, 3})
		put(0x44, "printer-state-reasons", []byte("none"))
		put(0x41, "printer-make-and-model", []byte("Test A4"))
	}
	if status != 0 {
		out[2], out[3] = 5, status
	}
	_, _ = w.Write(append(out, 3))
}

func (p *a4) paper(n int) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.papers) < n {
		return nil
	}
	return p.papers[n-1]
}

// TestPackingSlip: a client who wants one gets it into every box, in the language
// asked for, with the recipient's name; reading that name is on record.
func TestPackingSlip(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("SKIPPED, NOT PASSED: no pdftotext (apt-get install poppler-utils)")
	}
	p := startA4(t)
	p.refuse = 1 // it is busy at first
	device := fmt.Sprintf("\n[[device]]\nname = \"a4-1\"\ndriver = \"ipp\"\nlink = \"ipp%s/ipp/print\"\n", strings.TrimPrefix(p.URL, "http"))
	s := sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 50, Device: device, Extra: "[documents]\nprinter = \"a4-1\"\n"})
	s.Basics()
	h := &hall{Site: s, t: t, lead: s.PushLead(), bound: map[string]int{}, asked: map[string]int{}}
	d := &desk{w: s.Worker("W-001"), station: "pack-1"}
	h.pack(d)
	require.Eventually(t, func() bool { return h.look(d) }, 30*time.Second, 20*time.Millisecond)
	assert.Nil(t, p.paper(1), "nobody asked for one yet")

	s.Push(`{"kind":"client","id":"default","name":{"ko":"하늘상점"},"sender":{"name":"하늘상점","phone":"02-555-0100","postcode":"22382","address":"인천광역시 중구 공항로 272"},"packingSlip":"ja"}`)
	h.pack(d)
	require.Eventually(t, func() bool { return p.paper(1) != nil }, 30*time.Second, 20*time.Millisecond)
	path := filepath.Join(t.TempDir(), "slip.pdf")
	require.NoError(t, os.WriteFile(path, p.paper(1), 0o600))
	text, err := exec.Command(tool, "-layout", path, "-").Output()
	require.NoError(t, err)
	for _, want := range []string{"納品書", "P-00002", "MUG", "Mug", "홍길동 様", "하늘상점", "商品コード"} {
		assert.Contains(t, string(text), want)
	}
	assert.NotContains(t, string(text), "010-1234", "no more of the recipient than is needed")
	assert.NotContains(t, s.Log.Text(), "홍길동")
	require.Eventually(t, func() bool { return h.look(d) }, 30*time.Second, 20*time.Millisecond)
	assert.Nil(t, p.paper(2), "one, and only once, though it was refused at first")

	x := h.device("a4-1")
	assert.Equal(t, "ready", x.Condition)
	a := s.Do("POST", "/site/v1/devices/a4-1/test", h.lead, []byte(`{"reason":"does it print"}`))
	assert.Equal(t, 200, a.Code, "%s", a.Body)
	assert.NotNil(t, p.paper(2))
	p.CloseClientConnections()
	p.Close()
	require.Eventually(t, func() bool { return h.device("a4-1").Condition == "offline" }, 30*time.Second, 100*time.Millisecond)
	assert.NotEmpty(t, h.device("a4-1").Hint)
}
