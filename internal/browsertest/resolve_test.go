package browsertest_test

import (
	"testing"

	"github.com/dictumal/dictumal/internal/browsertest"
)

func TestResolveIsWhatBrowsersDo(t *testing.T) {
	const base = "https://here.example"
	for address, want := range map[string]string{
		"": base, "/x": base, "x?y#z": base, "/x//evil.example": base, "?//evil.example": base, "https:/x": base, "https:x": base,
		"//evil.example/x": "https://evil.example", `/\evil.example`: "https://evil.example", `\\evil.example`: "https://evil.example",
		"/\t/evil.example": "https://evil.example", "\x20//evil.example": "https://evil.example", "///evil.example": "https://evil.example",
		"http:evil.example": "http://evil.example", "HTTPS://EVIL.example": "https://evil.example", "https://here.example@evil.example:8": "https://evil.example:8",
		"javascript:alert(1)": "javascript:", "java\nscript:alert(1)": "javascript:", "data:text/html,x": "data:",
	} {
		if got := browsertest.Resolve(base, address); got != want {
			t.Errorf("%q leads to %s, want %s", address, got, want)
		}
	}
}
