package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"dcedge/edge/agent"
	"dcedge/labels/reading"
	"dcedge/labels/waybill"
)

type barcodeCmd struct {
	Codes   []string `arg:"" optional:"" name:"code" help:"Codes, as a scanner sends them."`
	As      string   `default:"auto" enum:"auto,scan,message,bracketed,digital-link,gtin,ean13,ean8,upca,upce,itf14,sscc,gln,waybill" help:"How to read them: auto (find out), scan (as a scanner sends it), message (^ for FNC1), bracketed ((01)…(10)…), digital-link, gtin, ean13, ean8, upca, upce, itf14, sscc, gln, waybill (with --carrier)."`
	Carrier string   `help:"Whose number a waybill is: cj, hanjin, lotte, logen, koreapost, yamato, sagawa, japanpost, ups, fedex, usps, dhl, s10, and others that have rules."`
	With    string   `help:"Another code of the same item, scanned before: the answer is for both together."`
	Config  string   `type:"path" help:"Configuration file, for the site's own number rules."`
	Batch   bool     `help:"Read questions from standard input, a JSON line each ({\"input\":\"…\",\"as\":\"…\",\"carrier\":\"…\",\"with\":\"…\"}), and answer in order. A code that is refused is an answer, no fault of the batch."`
}

// longestQuestion bounds a line of a batch, in bytes; a longer one is refused and
// passed over.
const longestQuestion = 1 << 20

// Run answers a JSON line for each code. Codes that are refused are faults found
// (exit code 1) where they were named on the command line.
func (c *barcodeCmd) Run(s *std) error {
	reader := reading.Reader{Rules: waybill.Standard(), Now: time.Now()}
	if c.Config != "" {
		cfg, err := load(c.Config, s)
		if err != nil {
			return err
		}
		forms, err := agent.LoadForms(cfg)
		if forms == nil {
			return err
		}
		reader.Rules = forms.Rules
	}
	// found is what the exit code tells; every code named has its answer all the same, the
	// one that it has in a batch.
	var found error
	switch {
	case c.Carrier != "" && !reader.Rules.Known(c.Carrier):
		found = fmt.Errorf("%w: no rules for the carrier %q; there are those of %s", errUse, c.Carrier, strings.Join(reader.Rules.Carriers(), ", "))
		if c.Batch {
			return found
		}
	case c.As == "waybill" && c.Carrier == "" && !c.Batch:
		found = fmt.Errorf("%w: --as waybill wants --carrier: a number does not tell whose it is", errUse)
	}
	switch {
	case len(c.Codes) == 0 && !c.Batch:
		return fmt.Errorf("%w: name a code, or --batch", errUse)
	case len(c.Codes) > 0 && c.Batch:
		return fmt.Errorf("%w: codes are named, or read with --batch, not both", errUse)
	}
	out := bufio.NewWriter(s.out)
	answer := json.NewEncoder(out)
	answer.SetEscapeHTML(false)
	if c.Batch {
		return errors.Join(c.batch(s.in, &reader, answer), out.Flush())
	}
	for _, code := range c.Codes {
		o := reader.Explain(reading.Input{Input: code, As: c.As, Carrier: c.Carrier, With: c.With})
		if !o.OK && found == nil {
			found = errSaid
		}
		if err := answer.Encode(o); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return found
}

func (c *barcodeCmd) batch(in io.Reader, reader *reading.Reader, answer *json.Encoder) error {
	lines := bufio.NewReaderSize(in, longestQuestion)
	for {
		line, err := lines.ReadSlice('\n')
		long := errors.Is(err, bufio.ErrBufferFull)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = lines.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return err
		}
		if err == io.EOF && len(line) == 0 && !long {
			return nil
		}
		// Each line has its answer, an empty one too: they are paired by their order.
		if errAnswer := answer.Encode(c.answer(bytes.TrimSpace(line), long, reader)); errAnswer != nil {
			return errAnswer
		}
		if err == io.EOF {
			return nil
		}
	}
}

func (c *barcodeCmd) answer(line []byte, long bool, reader *reading.Reader) reading.Output {
	refuse := func(code, detail string) reading.Output {
		return reading.Output{Error: &reading.Fault{Code: code, Detail: detail}}
	}
	if long {
		return refuse(reading.CodeLarge, "the line is longer than any question")
	}
	q := reading.Input{As: c.As, Carrier: c.Carrier}
	var members map[string]json.RawMessage
	switch {
	case len(line) == 0:
		return refuse(codeMalformed, "the line is empty")
	case json.Unmarshal(line, &members) != nil || members == nil:
		return refuse(codeMalformed, "the line is no JSON question")
	}
	if err := json.Unmarshal(line, &q); err != nil {
		return refuse(codeMalformed, "a member of the question is of another type: "+inWords(err).Error())
	}
	if name, twice := repeated(json.NewDecoder(bytes.NewReader(line))); twice {
		return refuse(codeMalformed, fmt.Sprintf("the member %q stands twice in one object", name))
	}
	for name, v := range members {
		switch {
		case !strings.EqualFold(name, "input"): // in any case, as the others are taken
		case string(v) == "null":
			return refuse(codeMalformed, "input: want a text, got a JSON null")
		default:
			return reader.Explain(q)
		}
	}
	return refuse(codeMalformed, "the member input is missing: want input, and as, carrier, with where they are needed")
}

// codeMalformed is the fault of a line that is no question.
const codeMalformed = "malformed"
