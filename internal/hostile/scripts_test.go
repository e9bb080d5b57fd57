package hostile_test

import (
	"io"
	"slices"
	"strings"
	"time"
)

func allScripts() []script {
	return slices.Concat(strangers(), signIns(), connections(), channels(), commands(), greetings(), desktops(), pictures(), pages(), doors())
}

// endlessly says the same again and again, until nobody listens any more.
func endlessly(conn io.Writer, text string) {
	many := []byte(strings.Repeat(text, max(1, 32<<10/len(text))))
	for {
		if _, err := conn.Write(many); err != nil {
			return
		}
	}
}

// slowly says one byte after the other.
func slowly(conn io.Writer, text string) {
	for i := 0; ; i = (i + 1) % len(text) {
		if _, err := conn.Write([]byte{text[i]}); err != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// listens takes what comes and says nothing more.
func listens(conn io.Reader) { _, _ = io.Copy(io.Discard, conn) }

const unreachable = "4003 The machine does not answer at the moment."
