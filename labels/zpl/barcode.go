package zpl

import (
	"fmt"
	"strings"
)

// Bars says how a linear barcode is drawn. Human-readable text is never drawn by
// the printer: its place and font would be the firmware's choice.
type Bars struct {
	Module int // dots of the narrowest bar, 1-10
	Height int // dots
}

func (l *Label) bars(x, y int, b Bars) *Label {
	if b.Module < 1 || b.Module > 10 || b.Height < 1 || b.Height > 32000 {
		return l.fail(fmt.Errorf("zpl: bars of module %d, height %d dots", b.Module, b.Height))
	}
	return l.at(x, y).num("^BY", b.Module).raw(",3.0").num(",", b.Height)
}

// Code128 draws Code 128 in the sets that take the fewest modules. data is ASCII.
func (l *Label) Code128(x, y int, b Bars, data string) *Label {
	return l.code128(x, y, b, data, false)
}

// GS1128 draws GS1-128: FNC1 first, and GS (0x1D) in data becomes FNC1.
func (l *Label) GS1128(x, y int, b Bars, data string) *Label {
	return l.code128(x, y, b, data, true)
}

func (l *Label) code128(x, y int, b Bars, data string, gs1 bool) *Label {
	sym, err := Plan128(data, gs1)
	if err != nil {
		return l.fail(err)
	}
	l.bars(x, y, b).num("^BCN,", b.Height).raw(",N,N,N,N")
	return l.data(sym.zpl)
}

// QR draws a QR code of model 2 with error level M; magnification is the dots of a
// module, 1-10.
func (l *Label) QR(x, y, magnification int, data string) *Label {
	if magnification < 1 || magnification > 10 || data == "" {
		return l.fail(fmt.Errorf("zpl: QR code of %d bytes, magnification %d", len(data), magnification))
	}
	return l.at(x, y).num("^BQN,2,", magnification).data("MA," + data)
}

// DataMatrix draws an ECC 200 symbol; module is in dots. With gs1 FNC1 stands first
// and GS (0x1D) in data becomes FNC1.
func (l *Label) DataMatrix(x, y, module int, data string, gs1 bool) *Label {
	if module < 1 || module > 100 || data == "" {
		return l.fail(fmt.Errorf("zpl: DataMatrix of %d bytes, module %d", len(data), module))
	}
	d := strings.ReplaceAll(data, "_", "__")
	if gs1 {
		d = "_1" + strings.ReplaceAll(d, "\x1d", "_1")
	}
	return l.at(x, y).num("^BXN,", module).raw(",200,0,0,6,_,1").data(d)
}

// Codabar draws NW-7 with a start and a stop letter A-D.
func (l *Label) Codabar(x, y int, b Bars, data string, start, stop byte) *Label {
	if start < 'A' || start > 'D' || stop < 'A' || stop > 'D' {
		return l.fail(fmt.Errorf("zpl: Codabar between %q and %q", start, stop))
	}
	if err := only(data, "0123456789-$:/.+", "Codabar"); err != nil {
		return l.fail(err)
	}
	l.bars(x, y, b).num("^BKN,N,", b.Height).raw(",N,N,")
	l.buf = append(l.buf, start, ',', stop)
	return l.data(data)
}

// ITF draws Interleaved 2 of 5; data is an even number of digits, the check digit
// among them.
func (l *Label) ITF(x, y int, b Bars, data string) *Label {
	if err := only(data, "0123456789", "ITF"); err != nil || len(data)%2 != 0 {
		return l.fail(fmt.Errorf("zpl: ITF wants an even number of digits, got %d characters", len(data)))
	}
	return l.bars(x, y, b).num("^B2N,", b.Height).raw(",N,N,N").data(data)
}

// EAN13 draws an EAN-13; data is its 13 digits. The printer computes the last one
// itself, so a wrong one is refused here.
func (l *Label) EAN13(x, y int, b Bars, data string) *Label {
	return l.ean(x, y, b, data, 13, "^BEN,")
}

// EAN8 draws an EAN-8; data is its 8 digits.
func (l *Label) EAN8(x, y int, b Bars, data string) *Label { return l.ean(x, y, b, data, 8, "^B8N,") }

func (l *Label) ean(x, y int, b Bars, data string, n int, command string) *Label {
	if err := only(data, "0123456789", "EAN"); err != nil || len(data) != n {
		return l.fail(fmt.Errorf("zpl: EAN-%d wants %d digits", n, n))
	}
	sum, w := 0, 1
	for i := n - 1; i >= 0; i-- {
		sum += int(data[i]-'0') * w
		w = 4 - w
	}
	if sum%10 != 0 {
		return l.fail(fmt.Errorf("zpl: EAN-%d with a wrong check digit", n))
	}
	return l.bars(x, y, b).num(command, b.Height).raw(",N,N").data(data[:n-1])
}

// Code39 draws Code 39 without a check character.
func (l *Label) Code39(x, y int, b Bars, data string) *Label {
	if err := only(data, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%", "Code 39"); err != nil {
		return l.fail(err)
	}
	return l.bars(x, y, b).num("^B3N,N,", b.Height).raw(",N,N").data(data)
}

func only(data, allowed, what string) error {
	if data == "" {
		return fmt.Errorf("zpl: empty %s", what)
	}
	for i := range len(data) {
		if strings.IndexByte(allowed, data[i]) < 0 {
			return fmt.Errorf("zpl: %s cannot hold the byte %#02x at %d", what, data[i], i)
		}
	}
	return nil
}
