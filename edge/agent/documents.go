package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"dcedge/devices"
	"dcedge/devices/ipp"
	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/paper"
	"dcedge/edge/supervise"
	"dcedge/edge/web"
)

// Errors of documents.
var (
	errNoDocuments   = errors.New("agent: no printer of documents: name one in [documents] printer or the station's documents")
	errDocumentsFull = errors.New("agent: too many documents wait")
)

// Bounds of documents.
const (
	documentsWaiting = 256
	documentTries    = 6 // of one that the printer does not take
	documentWait     = 5 * time.Minute
)

// documents prints A4 documents, one after another: those that somebody asks for,
// and a packing slip for every box of a client who wants them. What waits is lost
// with the process: a document can be asked for again, a label cannot.
type documents struct {
	maker    *paper.Maker
	printers map[string]a4Printer
	stations map[string]string // name -> printer
	home     string            // of what belongs to no station
	zone     *time.Location
	floor    boxReader
	log      *slog.Logger
	queue    chan documentJob
}

// a4Printer hands one document over and tells what became of it.
type a4Printer interface {
	Print(ctx context.Context, j ipp.Job) ipp.Result
}

// boxReader gives what a packing slip tells of.
type boxReader interface {
	// Box gives a box as it is, its order, and the recipient's name (the access is
	// recorded before it returns); "" where there is none.
	Box(ctx context.Context, id string) (box *edge.Box, order *edge.Order, name string, err error)
	Catalogue() *catalogue.Snapshot
}

// documentJob is a document, or the box whose packing slip is wanted.
type documentJob struct {
	station string
	doc     *paper.Document
	box     string
}

// Print queues a document for the printer of a station, "" for that of the site.
func (d *documents) Print(station string, doc paper.Document) error {
	if d.printer(station) == nil {
		return errNoDocuments
	}
	return d.put(documentJob{station: station, doc: &doc})
}

func (d *documents) put(j documentJob) error {
	select {
	case d.queue <- j:
		return nil
	default:
		return errDocumentsFull
	}
}

func (d *documents) printer(station string) a4Printer {
	return d.printers[cmp.Or(d.stations[station], d.home)]
}

// Committed asks for the packing slip of every box that is closed. It does not
// block.
func (d *documents) Committed(c *edge.Commit) {
	for i := range c.Events {
		b, ok := c.Events[i].Data.(*edge.BoxEvent)
		if !ok || c.Events[i].Type != edge.EvBoxClosed || c.Events[i].Practice {
			continue
		}
		client := d.floor.Catalogue().Client(c.Events[i].Client)
		if client == nil || client.PackingSlip == "" {
			continue
		}
		if d.printer(b.Station) == nil {
			d.log.Error("a packing slip is wanted and no printer of documents is configured", "box", b.Box, "station", b.Station)
			continue
		}
		if err := d.put(documentJob{station: b.Station, box: b.Box}); err != nil {
			d.log.Error("packing slip is not printed", "box", b.Box, "err", err)
		}
	}
}

// Run prints until ctx ends.
func (d *documents) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case j := <-d.queue:
			d.serve(ctx, j)
		}
	}
}

// serve makes and prints one document. What the printer does not take is tried
// again for a while; what it has taken never is.
func (d *documents) serve(ctx context.Context, j documentJob) {
	doc := j.doc
	var err error
	if doc == nil {
		doc, err = d.slip(ctx, j.box)
	}
	var pdf []byte
	if err == nil {
		pdf, err = d.maker.PDF(*doc)
	}
	if err != nil {
		d.log.Error("document is not made", "box", j.box, "station", j.station, "err", err)
		return
	}
	wait := supervise.Backoff{Min: time.Second, Max: time.Minute}
	for try := 1; ; try++ {
		tctx, stop := context.WithTimeout(ctx, documentWait)
		r := d.printer(j.station).Print(tctx, ipp.Job{Name: string(doc.Kind) + " " + doc.Number, PDF: pdf})
		stop()
		level := slog.LevelError
		switch {
		case r.Outcome == devices.Printed:
			d.log.Info("document printed", "kind", string(doc.Kind), "number", doc.Number, "station", j.station, "job", r.Job)
			return
		case r.Outcome == devices.NotSent && try < documentTries:
			level = slog.LevelWarn
		}
		d.log.Log(ctx, level, "document not printed", "kind", string(doc.Kind), "number", doc.Number, "station", j.station, "try", try, "code", r.Code, "err", r.Err)
		if level == slog.LevelError || !pause(ctx, wait.Next()) {
			return
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// slip is the packing slip of a box.
func (d *documents) slip(ctx context.Context, id string) (*paper.Document, error) {
	box, order, name, err := d.floor.Box(ctx, id)
	if err != nil {
		return nil, err
	}
	cat := d.floor.Catalogue()
	client := cat.Client(box.Client)
	if client == nil {
		return nil, fmt.Errorf("%w: box %s has no client", errLabel, id)
	}
	doc := &paper.Document{Kind: paper.PackingSlip, Language: cmp.Or(client.PackingSlip, "en"), Number: order.ID, Date: box.At.In(d.zone).Format(time.DateOnly),
		Columns: []paper.Column{{Name: "sku", Share: 2}, {Name: "name", Share: 5}, {Name: "quantity", Share: 1, Right: true, Strong: true}}}
	if s := client.Sender; s != nil {
		doc.From = []string{s.Name, s.Address, s.Phone}
	}
	if name != "" {
		doc.To = []string{name + map[string]string{"ko": " 님", "ja": " 様"}[doc.Language]}
	}
	pieces := 0
	for _, it := range box.Items {
		text := it.SKU
		if sku := cat.Article(box.Client, it.SKU); sku != nil {
			text = cmp.Or(sku.Name[doc.Language], sku.Name["en"], sku.Name["ko"], it.SKU)
			if v := cmp.Or(sku.Variant[doc.Language], sku.Variant["en"], sku.Variant["ko"]); v != "" {
				text += " " + v
			}
		}
		doc.Rows = append(doc.Rows, []string{it.SKU, text, fmt.Sprint(it.Quantity)})
		pieces += it.Quantity
	}
	doc.Facts = []paper.Fact{{Name: "box", Value: fmt.Sprint(box.N)}, {Name: "pieces", Value: fmt.Sprint(pieces)}}
	if len(box.With) > 0 { // every order that is in it, each line under its own
		doc.Facts = append(doc.Facts, paper.Fact{Name: "order", Value: strings.Join(box.Members(), ", ")})
		doc.Columns = append([]paper.Column{{Name: "order", Share: 2}}, doc.Columns...)
		for i := range doc.Rows {
			doc.Rows[i] = append([]string{box.OrderOf(&box.Items[i])}, doc.Rows[i]...)
		}
	}
	return doc, nil
}

// test prints a page that belongs to nothing.
func (d *documents) test(ctx context.Context, p a4Printer) (DeviceTest, error) {
	pdf, err := d.maker.PDF(paper.Document{Kind: paper.PackingSlip, Language: "en", Number: "TEST", Columns: []paper.Column{{Name: "name"}},
		Rows: [][]string{{"가나다 漢字 カナ Latin 0123456789"}}})
	if err != nil {
		return DeviceTest{}, err
	}
	ctx, stop := context.WithTimeout(ctx, testLabelWithin)
	defer stop()
	switch r := p.Print(ctx, ipp.Job{Name: "test", PDF: pdf}); r.Outcome {
	case devices.Printed:
		return DeviceTest{Did: "printed", Detail: fmt.Sprintf("job %d", r.Job)}, nil
	case devices.NotSent:
		return DeviceTest{}, &web.DeviceFault{Code: r.Code, Detail: "nothing was sent: see the printer's state"}
	default:
		return DeviceTest{}, &web.DeviceFault{Code: r.Code, Detail: "the page was sent and the printer did not say that it came out: look"}
	}
}
