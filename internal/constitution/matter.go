package constitution

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/dictumal/dictumal"
)

// matterLine is the line of the document on which front matter begins, after the
// fence: places inside the matter are shifted by what stands before it.
const matterLine = 2

// fence is the line that opens and closes front matter.
const fence = "---"

// Body is the document without its front matter: the articles.
func Body(document string) string {
	document = Normalize(document)
	if _, body, fault := split(document); fault == nil {
		return body
	}
	return document
}

// Private

// split parts a document into front matter and body. A document without front
// matter is all body; one that seems to have meant some is refused, because
// clauses that nobody reads would bind nothing.
func split(document string) (matter, body string, fault *dictumal.Fault) {
	lines := strings.SplitAfter(document, "\n")
	if strings.TrimRight(lines[0], " \t\n") != fence {
		return "", document, misplaced(lines)
	}
	for i, line := range lines[1:] {
		if strings.TrimRight(line, " \t\n") == fence {
			return strings.Join(lines[1:i+1], ""), strings.Join(lines[i+2:], ""), nil
		}
	}
	return "", "", &dictumal.Fault{
		Location: "document", Line: 1, Column: 1,
		Message: "The front matter that begins here never ends; close it with a line of three hyphens.",
	}
}

// misplaced tells whether a document without front matter looks as if it had
// been meant to have some.
func misplaced(lines []string) *dictumal.Fault {
	for i, line := range lines {
		text := strings.TrimSpace(line)
		if text == "" {
			continue
		}
		clause, _, isClause := strings.Cut(text, ":")
		if text == fence || isClause && clauseName().MatchString(clause) {
			return &dictumal.Fault{
				Location: "document", Line: i + 1, Column: 1,
				Message: "The front matter must begin on the first line with three hyphens.",
			}
		}
		return nil
	}
	return nil
}

func clauseName() *regexp.Regexp {
	return regexp.MustCompile(fmt.Sprintf("^(%s)$", strings.Join(fieldsOf(""), "|")))
}
