package printer

// Commands lists what a fresh printer makes of a byte stream, in order: "^FO" for
// a command of a format, from its "^XA" to its "^XZ", and "~JA" for a control
// command that acts at once. A format that has not ended gives "partial", one too
// large for the printer nothing.
func Commands(zpl []byte) []string {
	s := newStream(maxFormatBytes)
	var out []string
	for _, b := range zpl {
		e, ok := s.feed(b)
		switch {
		case !ok:
		case e.format != nil:
			out = append(out, "^XA")
			for _, c := range e.format.commands {
				prefix := "^"
				if c.tilde {
					prefix = "~"
				}
				out = append(out, prefix+c.name)
			}
			out = append(out, "^XZ")
		default:
			out = append(out, "~"+e.control)
		}
	}
	if s.partial() {
		out = append(out, "partial")
	}
	return out
}
