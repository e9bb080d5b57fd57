package client_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/constitution"
)

func draft(t *testing.T, document string) client.Draft {
	t.Helper()
	parsed, err := constitution.Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	return client.Draft{Title: parsed.Title, Hash: parsed.Hash, Document: parsed.Document}
}

func apply(t *testing.T, c *client.Client, d client.Draft) (client.Constitution, bool) {
	t.Helper()
	kept, changed, err := c.Apply(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return kept, changed
}

func TestApplyingADocumentAgainChangesNothing(t *testing.T) {
	r := start(t)
	first, changed := apply(t, r.Client, draft(t, "# Desk\n\none\n"))
	if !changed || first.Version != 1 {
		t.Errorf("at first: version %d, changed %v", first.Version, changed)
	}
	again, changed := apply(t, r.Client, draft(t, "# Desk\r\n\r\none"))
	if changed || again.ID != first.ID || again.Version != 1 {
		t.Errorf("again: %+v, changed %v", again, changed)
	}
	next, changed := apply(t, r.Client, draft(t, "# Desk\n\ntwo\n"))
	if !changed || next.ID != first.ID || next.Version != 2 {
		t.Errorf("another text: %+v, changed %v", next, changed)
	}
	other, changed := apply(t, r.Client, draft(t, "# Another desk\n\ntwo\n"))
	if !changed || other.ID == first.ID || other.Version != 1 {
		t.Errorf("another title: %+v, changed %v", other, changed)
	}
}

func TestADesktopIsFollowedUntilItIsThereAndOrderedOnce(t *testing.T) {
	r := start(t)
	version, _ := apply(t, r.Client, draft(t, "# Desk\n"))
	ordered, isNew, err := r.Ensure(t.Context(), version)
	if err != nil || !isNew {
		t.Fatalf("ordered %v, %v", isNew, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var percents []int
	desktop, err := r.Follow(ctx, ordered.ID, func(d client.Deployment) { percents = append(percents, d.Progress.Percent) })
	if err != nil || desktop.Status != dictumal.Active {
		t.Fatalf("desktop %+v, %v", desktop, err)
	}
	if !slices.IsSorted(percents) || percents[len(percents)-1] != 100 {
		t.Errorf("progress was %v", percents)
	}
	same, isNew, err := r.Ensure(t.Context(), version)
	if err != nil || isNew || same.ID != ordered.ID {
		t.Errorf("the second time: %s, new %v, %v", same.ID, isNew, err)
	}
	link, err := r.Launch(ctx, ordered.ID)
	if want := "http://desktops.example/desktop/" + ordered.ID + "#code="; err != nil || !strings.HasPrefix(link, want) {
		t.Errorf("link %q, %v, want %s…", link, err, want)
	}

	if _, err := r.Destroy(ctx, ordered.ID); err != nil {
		t.Fatal(err)
	}
	if gone, err := r.Follow(ctx, ordered.ID, func(client.Deployment) {}); err != nil || gone.Status != dictumal.Destroyed {
		t.Errorf("after destroying: %s, %v", gone.Status, err)
	}
	if list, err := r.Deployments(ctx); err != nil || len(list) != 0 {
		t.Errorf("list %+v, %v", list, err)
	}
	another, isNew, err := r.Ensure(ctx, version)
	if err != nil || !isNew || another.ID == ordered.ID {
		t.Errorf("after destroying: %s, new %v, %v", another.ID, isNew, err)
	}
}

func TestATokenGivesTheSameView(t *testing.T) {
	r := start(t)
	version, _ := apply(t, r.Client, draft(t, "# Desk\n"))
	list, err := r.token.Constitutions(t.Context())
	if err != nil || len(list) != 1 || list[0].ID != version.ID {
		t.Errorf("constitutions %+v, %v", list, err)
	}
}

func TestAServersNoIsItsSentence(t *testing.T) {
	r := start(t)
	_, err := r.CreateConstitution(t.Context(), "---\nfoo: 1\n---\n# X\n")
	problem, ok := errors.AsType[*client.AnswerError](err)
	if !ok || problem.Status != 422 || len(problem.Errors) != 1 || problem.Errors[0].Line != 2 {
		t.Errorf("error %v", err)
	}
	if _, err := r.Deployment(t.Context(), "nothing"); err == nil || !strings.Contains(err.Error(), dictumal.ErrNotFound.Message) {
		t.Errorf("a missing one: %v", err)
	}
	stranger, err := client.Remote("http://"+strings.TrimPrefix(r.token.Where(), "http://"), "dictumal_WRONG")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Deployments(t.Context()); err == nil || !strings.Contains(err.Error(), "does not know this token") {
		t.Errorf("a wrong token: %v", err)
	}
}

func TestWithoutAServerTheErrorSaysSo(t *testing.T) {
	nowhere := client.Local(filepath.Join(t.TempDir(), "control.sock"), "")
	if _, err := nowhere.Server(t.Context()); !errors.Is(err, client.ErrNoServer) {
		t.Errorf("error %v", err)
	}
	for _, address := range []string{"example.org", "ftp://example.org", ""} {
		if _, err := client.Remote(address, "x"); err == nil || !strings.Contains(err.Error(), "DICTUMAL_URL") {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := client.Remote("https://example.org", ""); err == nil || !strings.Contains(err.Error(), "DICTUMAL_TOKEN") {
		t.Errorf("without a token: %v", err)
	}
}
