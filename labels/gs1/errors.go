package gs1

// Error is data refused. Code is stable: those below, and those of the content
// checks (checks.go), which are named where they are given.
type Error struct {
	Code   string
	AI     string // the AI at fault; empty where none is
	At     int    // offset of the fault in bytes, counted in the data after identifier or leading FNC1
	Len    int    // bytes at fault
	Detail string // for people
}

func (e *Error) Error() string {
	s := "gs1: " + e.Code
	if e.AI != "" {
		s += " in AI (" + e.AI + ")"
	}
	return s + ": " + e.Detail
}

// Codes of errors that are not about the content of one value.
const (
	CodeTooLarge      = "tooLarge"      // more input than any symbol holds
	CodeEmpty         = "empty"         // no data
	CodeNoFNC1        = "missingFNC1"   // a message that does not begin with FNC1
	CodeUnknownAI     = "unknownAI"     // no AI begins here
	CodeEmptyValue    = "emptyValue"    // an AI without a value
	CodeTooShort      = "tooShort"      // a value shorter than its AI asks
	CodeTooLong       = "tooLong"       // a value longer than its AI allows, or no separator
	CodeCaret         = "caret"         // ^ in data, where it would be taken for FNC1
	CodeTooManyAIs    = "tooManyAIs"    // more than 64
	CodeBrackets      = "brackets"      // bracketed text that is not
	CodeRepeated      = "repeatedAI"    // one AI twice with different values
	CodePair          = "invalidPair"   // two AIs that exclude each other
	CodeRequisite     = "requisite"     // an AI without one that it needs
	CodeSerialKey     = "serialisedKey" // a signature over a key without its serial part
	CodeAmbiguous     = "ambiguous"     // separators were lost; more than one reading
	CodeIdentifier    = "symbology"     // symbology identifier missing, unknown, or not fitting
	CodePrimary       = "primaryData"   // EAN/UPC data of the wrong length or not digits
	CodeURICharacters = "uriCharacters"
	CodeURIScheme     = "uriScheme"
	CodeURIDomain     = "uriDomain"
	CodeURINoKey      = "uriNoKey"         // no primary key in the path
	CodeURINull       = "uriNull"          // %00
	CodeURISequence   = "uriQualifiers"    // qualifiers out of order, or of two alternatives
	CodeURIAttribute  = "uriAttribute"     // an AI that may not stand in the query
	CodeURIInPath     = "uriBelongsInPath" // a qualifier in the query
	CodeURIDuplicate  = "uriDuplicate"     // an AI twice
	CodeNoKey         = "noKey"            // data without an AI that a Digital Link can begin with
)
