package sitetest

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// LeadPIN is the PIN of badge L-001, which PushLead makes known.
const LeadPIN = "482915"

// PushLead makes a site lead known, badge L-001, and logs them in.
func (s *Site) PushLead() (token string) {
	s.t.Helper()
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never returns an error
	const memory, passes, lanes = 19 * 1024, 2, 1
	b64 := base64.RawStdEncoding
	hash := fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", memory, passes, lanes, b64.EncodeToString(salt),
		b64.EncodeToString(argon2.IDKey([]byte(LeadPIN), salt, passes, memory, lanes, 32)))
	s.Push(strings.Replace(Person("L-001", "lead"), `"language"`, fmt.Sprintf(`"pinHash":%q,"language"`, hash), 1))
	var l struct{ Token string }
	s.Do("POST", "/floor/v1/login", "", fmt.Appendf(nil, `{"badge":"L-001","pin":%q,"device":"lead-1"}`, LeadPIN)).JSON(s.t, &l)
	if l.Token == "" {
		s.t.Fatal("the lead could not log in")
	}
	return l.Token
}
