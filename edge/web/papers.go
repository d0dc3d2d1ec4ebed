package web

import (
	"cmp"
	"errors"

	"dcedge/edge"
	"dcedge/edge/board"
)

// Papers prints A4 documents. Errors: ErrNoPapers.
type Papers interface {
	PrintPickList(l PickPaper) error
	PrintManifest(m ManifestPaper) error
}

// ErrNoPapers is returned where no printer of documents can take one.
var ErrNoPapers = errors.New("web: no printer of documents")

// ManifestPaper is a truck's manifest as it goes to a printer of documents.
type ManifestPaper struct {
	Language string // ko, ja, en
	Site     string
	Truck    board.TruckSheet
}

// PickPaper is a pick list as it goes to a printer of documents.
type PickPaper struct {
	Language string // ko, ja, en
	Order    string
	Carrier  string
	Printed  string
	Pieces   int
	Label    bool // its label comes out at the pick printer and goes along
	Rows     []PickRow
}

// PickRow is one line of it.
type PickRow struct {
	Location, Name, SKU, Barcode string
	Quantity                     int
}

// paperView is what a print of pick lists answers.
type paperView struct {
	Printed string       `json:"printed"`
	By      string       `json:"by"`
	Sent    int          `json:"sent"` // to the printer of documents; 0: the page prints them
	Items   []paperOrder `json:"items"`
	Left    []paperLeft  `json:"left,omitempty"`
}

// paperLanguage reads in what language a printer of documents shall print; ""
// where it shall not.
func (c *call) paperLanguage(m object) (language string, err error) {
	err = m.text("print", &language)
	if language != "" && language != "ko" && language != "ja" && language != "en" {
		err = errFieldType
	}
	return language, err
}

// toPrinter hands the lists to the printer of documents, in order;
// it tells how many it took.
func (s *Server) toPrinter(language string, list []paperOrder) (sent int) {
	if s.deps.Papers == nil {
		return 0
	}
	at := s.deps.Now().In(s.cfg.Zone).Format("2006-01-02 15:04")
	for _, o := range list {
		p := PickPaper{Language: language, Order: o.Order, Carrier: o.Carrier, Printed: at, Label: o.Label}
		for _, l := range o.Lines {
			p.Pieces += l.Quantity
			p.Rows = append(p.Rows, PickRow{Location: l.Location, Name: inLanguage(l.Name, language) + variant(l.Variant, language), SKU: l.SKU, Barcode: l.Barcode, Quantity: l.Quantity})
		}
		if err := s.deps.Papers.PrintPickList(p); err != nil {
			if !errors.Is(err, ErrNoPapers) || sent > 0 {
				s.deps.Log.Warn("pick lists are not all printed", "printed", sent, "of", len(list), "error", err)
			}
			return sent
		}
		sent++
	}
	return sent
}

func inLanguage(t edge.Text, language string) string {
	return cmp.Or(t[language], t["en"], t["ko"], t["ja"])
}

func variant(t edge.Text, language string) string {
	if v := inLanguage(t, language); v != "" {
		return " " + v
	}
	return ""
}
