package bootstrap

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/dictumal/dictumal"
)

// marker stands in everything a person may write; it is no word of ours.
const marker = "ZZmarkerZZ"

func TestNothingThatAPersonWroteStandsOutsideBase64(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		words := rapid.StringN(0, 200, -1)
		write := func(label string) string { return words.Draw(r, label) + marker + words.Draw(r, label) }
		policy := full()
		policy.Title = write("title")
		policy.Software.Packages = []string{write("package")}
		policy.Software.Autostart = [][]string{{write("command"), write("argument")}}
		policy.Software.Files = []dictumal.File{{Path: "~/" + write("path"), Content: write("content")}}
		text, err := UserData(input(write("document"), policy))
		if err != nil {
			r.Fatal(err)
		}
		if strings.Contains(text, marker) {
			r.Fatal("a person's text stands in the user-data as it is")
		}
		if !json.Valid([]byte(strings.TrimPrefix(text, "#cloud-config\n"))) {
			r.Fatal("the user-data is no JSON")
		}
	})
}

func TestTheConstitutionArrivesByteForByte(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		document := rapid.String().Draw(r, "document")
		in := input(document, full())
		files, err := deploymentFiles(in)
		if err != nil {
			r.Fatal(err)
		}
		if files[0].Path != dictumal.ConstitutionPath || string(files[0].Content) != document {
			r.Fatalf("got %s %q", files[0].Path, files[0].Content)
		}
	})
}

func TestAnyDocumentOfTheMostBytesWithItsTextInFilesFits(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		seed := rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(r, "seed")
		document := scramble(seed, dictumal.MaxDocument)
		policy := full()
		policy.Software.Files = []dictumal.File{{Path: "~/all.txt", Content: document}}
		in := streamed(input(document, policy))
		text, err := UserData(in)
		if err != nil {
			r.Fatal(err)
		}
		if len(text) > MaxUserData {
			r.Fatalf("%d bytes", len(text))
		}
	})
}

// scramble makes printable text without repetition.
func scramble(seed []byte, size int) string {
	text := []byte(noise(size))
	for i := range text {
		text[i] = 33 + (text[i]+seed[i%len(seed)])%90
	}
	return string(text)
}
