package constitution_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/constitution"
)

func TestAnEmptyFrontMatterGivesTheDefaults(t *testing.T) {
	want := dictumal.Policy{
		Title:    "Rules",
		Machine:  dictumal.MachinePolicy{Resolution: dictumal.Resolution{Width: 1440, Height: 900}},
		Software: dictumal.SoftwarePolicy{Packages: []string{}, Autostart: [][]string{}, Files: []dictumal.File{}},
		Lifetime: dictumal.LifetimePolicy{TTL: 8 * time.Hour},
		Network:  dictumal.NetworkPolicy{Egress: dictumal.EgressOpen, Allow: []string{}},
		Stream:   dictumal.StreamPolicy{Control: dictumal.ControlFull, Clipboard: dictumal.ClipboardBoth},
	}
	for _, document := range []string{
		"---\n---\n# Rules\n",
		"---\r\n---\r\n\r\n# Rules",
		"# Rules\n\ntext\n",
		"---\n# nothing but a comment\n---\n# Rules\n",
		"---\nsoftware:\nmachine: {}\n---\nRules\n=====\n",
	} {
		got, err := constitution.Parse(document)
		if err != nil {
			t.Errorf("%q: %v", document, err)
			continue
		}
		if diff := cmp.Diff(want, got.Policy); diff != "" {
			t.Errorf("%q: policy (-want +got):\n%s", document, diff)
		}
	}
}

func TestEveryClauseIsRead(t *testing.T) {
	got, err := constitution.Parse(`---
title: A clerk's desk
machine:
  region: local
  size: s-2vcpu-4gb
  resolution: 1920x1080
software:
  packages: [firefox, g++, libreoffice-calc]
  autostart:
    - firefox --new-window "https://example.org/#top"
    - 'xfce4-terminal -T ''Two words'''
  files:
    - path: ~/Desktop/notes.txt
      content: |
        first

        second
    - {path: /etc/motd, content: "hi\n"}
lifetime:
  ttl: 1h30m
  idle: off
  budget: 7.50
network:
  egress: open
  allow: []
stream:
  control: view-only
  clipboard: copy
privileges:
  sudo: true
---
# Another heading
`)
	if err != nil {
		t.Fatal(err)
	}
	want := dictumal.Policy{
		Title:   "A clerk's desk",
		Machine: dictumal.MachinePolicy{Region: "local", Size: "s-2vcpu-4gb", Resolution: dictumal.Resolution{Width: 1920, Height: 1080}},
		Software: dictumal.SoftwarePolicy{
			Packages:  []string{"firefox", "g++", "libreoffice-calc"},
			Autostart: [][]string{{"firefox", "--new-window", "https://example.org/#top"}, {"xfce4-terminal", "-T", "Two words"}},
			Files:     []dictumal.File{{Path: "~/Desktop/notes.txt", Content: "first\n\nsecond\n"}, {Path: "/etc/motd", Content: "hi\n"}},
		},
		Lifetime:   dictumal.LifetimePolicy{TTL: 90 * time.Minute, Budget: 7.5},
		Network:    dictumal.NetworkPolicy{Egress: dictumal.EgressOpen, Allow: []string{}},
		Stream:     dictumal.StreamPolicy{Control: dictumal.ControlViewOnly, Clipboard: dictumal.ClipboardCopy},
		Privileges: dictumal.PrivilegesPolicy{Sudo: true},
	}
	if diff := cmp.Diff(want, got.Policy); diff != "" {
		t.Errorf("policy (-want +got):\n%s", diff)
	}
	if got.Title != want.Title {
		t.Errorf("title %q, want %q", got.Title, want.Title)
	}
}

func TestTheHashIsWhatSha256sumGivesForTheFile(t *testing.T) {
	// printf -- '---\n---\n# Rules\n' | sha256sum
	const want = "db7098613aa3e4a8d98a68acb48ab102c73cc8ab38cc6196c59f450c41a374e9"
	for _, document := range []string{"---\n---\n# Rules\n", "---\r\n---\r\n# Rules", "---\n---\n# Rules\n\n\n"} {
		if got := constitution.Hash(document); got != want {
			t.Errorf("hash of %q is %s, want %s", document, got, want)
		}
	}
}

func TestNormalizingTwiceChangesNothingMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		document := rapid.StringOf(rapid.SampledFrom([]rune("a é\r\n-#:"))).Draw(t, "document")
		once := constitution.Normalize(document)
		if twice := constitution.Normalize(once); twice != once {
			t.Fatalf("once %q, twice %q", once, twice)
		}
		if constitution.Hash(once) != constitution.Hash(document) {
			t.Fatalf("the hash of %q is not that of its normal form", document)
		}
		if strings.Contains(once, "\r") || !strings.HasSuffix(once, "\n") || strings.HasSuffix(once, "\n\n") {
			t.Fatalf("%q is not normal", once)
		}
	})
}

func TestAllFaultsAreToldAtOnceInTheOrderOfTheirPlaces(t *testing.T) {
	_, err := constitution.Parse("---\nprivileges: {sudo: maybe}\nmachine:\n  size: BIG\nfoo: 1\n---\n# X\n")
	refused, ok := errors.AsType[*dictumal.Error](err)
	if !ok {
		t.Fatalf("error is %v", err)
	}
	want := []dictumal.Fault{
		{Location: "privileges.sudo", Line: 2, Column: 20, Message: "privileges.sudo: it must be true or false."},
		{Location: "machine.size", Line: 4, Column: 9, Message: `machine.size: "BIG" is not a name of the catalog; those have small letters, digits and hyphens.`},
		{Location: "foo", Line: 5, Column: 1, Message: "foo: there is no such clause; write title, machine, software, lifetime, network, stream or privileges."},
	}
	if diff := cmp.Diff(want, refused.Faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if got, want := refused.Message, "privileges.sudo: it must be true or false. (line 2, column 20) and 2 more faults"; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
	if refused.Code != dictumal.CodeInvalid {
		t.Errorf("code %s", refused.Code)
	}
}
