// Package constitution reads constitutions: Markdown with front matter that
// binds a machine. It validates them whole, and it renders and compares them.
package constitution

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dictumal/dictumal"
)

// Parse reads a document. The answer has no id, owner or version: those belong
// to whoever keeps it. An error is a [*dictumal.Error] with every fault, in the
// order of their places.
func Parse(document string) (dictumal.Constitution, error) {
	document = Normalize(document)
	if fault, ok := unreadable(document); ok {
		return dictumal.Constitution{}, refusal([]dictumal.Fault{fault})
	}
	matter, body, fault := split(document)
	if fault != nil {
		return dictumal.Constitution{}, refusal([]dictumal.Fault{*fault})
	}
	r := &reader{}
	policy := readPolicy(r.parse(matter))
	if policy.Title == "" {
		policy.Title = headline(r, body)
	}
	if len(r.faults) > 0 {
		return dictumal.Constitution{}, refusal(r.faults)
	}
	return dictumal.Constitution{
		Title:    policy.Title,
		Hash:     Hash(document),
		Document: document,
		Policy:   policy,
	}, nil
}

// Normalize gives a document LF line ends and one final newline, and changes
// nothing else.
func Normalize(document string) string {
	document = strings.ReplaceAll(document, "\r\n", "\n")
	document = strings.ReplaceAll(document, "\r", "\n")
	return strings.TrimRight(document, "\n") + "\n"
}

// Hash is the SHA-256 of the normalized document in lower-case hex, as sha256sum
// prints it for the file on the machine.
func Hash(document string) string {
	sum := sha256.Sum256([]byte(Normalize(document)))
	return hex.EncodeToString(sum[:])
}

// Private

// unreadable finds what makes a document unfit before it is looked into.
func unreadable(document string) (dictumal.Fault, bool) {
	switch {
	case len(document) > dictumal.MaxDocument:
		return dictumal.Fault{Location: "document", Message: fmt.Sprintf(
			"The document has %d bytes and may have %d; shorten it.", len(document), dictumal.MaxDocument)}, true
	case !utf8.ValidString(document):
		return at(document, strings.IndexFunc(document, isBroken), "The document is not UTF-8 here; save it as UTF-8."), true
	case strings.ContainsRune(document, 0):
		return at(document, strings.IndexByte(document, 0), "The document holds a NUL byte here; remove it."), true
	case strings.HasPrefix(document, "\ufeff"):
		return at(document, 0, "The document begins with a byte order mark; save it as UTF-8 without one."), true
	}
	return dictumal.Fault{}, false
}

// isBroken matches what ranging over a string gives for bytes that are not
// UTF-8. A replacement character that was really written matches as well, which
// can only make the named place less exact.
func isBroken(r rune) bool { return r == utf8.RuneError }

func at(document string, offset int, message string) dictumal.Fault {
	before := document[:max(offset, 0)]
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return dictumal.Fault{Location: "document", Line: line, Column: column, Message: message}
}

// refusal sorts the faults by place. Its sentence is the first fault's, with the
// place and how many more there are.
func refusal(faults []dictumal.Fault) error {
	slices.SortStableFunc(faults, func(a, b dictumal.Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	err := dictumal.Invalid(faults...)
	if first := faults[0]; first.Line > 0 {
		err.Message += fmt.Sprintf(" (line %d, column %d)", first.Line, first.Column)
	}
	if more := len(faults) - 1; more == 1 {
		err.Message += " and one more fault"
	} else if more > 1 {
		err.Message += fmt.Sprintf(" and %d more faults", more)
	}
	return err
}
