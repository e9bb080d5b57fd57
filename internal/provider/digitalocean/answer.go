package digitalocean

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/digitalocean/godo"
)

// maxWords is the most that is repeated of what DigitalOcean says, in runes.
const maxWords = 300

// answer is DigitalOcean's no.
type answer struct {
	status  int
	words   string // bounded and printable
	request string // by which its support finds the call
}

// Error is the answer for logs.
func (a *answer) Error() string {
	text := fmt.Sprintf("DigitalOcean answered %d: %s", a.status, a.words)
	if a.request == "" {
		return text
	}
	return text + " (request " + a.request + ")"
}

// Private

func (p *Provider) answer(said *godo.ErrorResponse) *answer {
	a := &answer{
		status:  said.Response.StatusCode,
		words:   printable(p.hide(said.Message)),
		request: printable(p.hide(said.RequestID)),
	}
	if a.words == "" || strings.HasPrefix(a.words, "<") { // a page of something in between
		a.words = http.StatusText(a.status)
	}
	return a
}

// hide takes the token out of what somebody may have echoed.
func (p *Provider) hide(text string) string {
	if p.config.Token == "" {
		return text
	}
	return strings.ReplaceAll(text, p.config.Token, "[token]")
}

// says tells whether the answer has one of these words.
func (a *answer) says(words ...string) bool {
	text := strings.ToLower(a.words)
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}

// answered tells whether there was an answer, with this status.
func answered(response *godo.Response, status int) bool {
	return response != nil && response.StatusCode == status
}

// printable makes one line of a text from outside, of bounded length.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxWords {
		return string(runes[:maxWords]) + "…"
	}
	return text
}
