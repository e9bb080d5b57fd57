package web

import (
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/dictumal/dictumal"
)

// Private

// blankDocument is what a new constitution begins as: valid, and with the clauses
// in sight that most documents need.
const blankDocument = `---
title: Untitled
software:
  packages: [firefox]
lifetime:
  ttl: 8h
---

# Untitled

What this machine is for, in a sentence.

## Purpose

Write what people and agents who use this machine should know.
`

func (s *Web) newConstitution(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	return s.write(w, r, p, http.StatusOK, Editor{Document: blankDocument})
}

// write shows the editor of a new document, with its faults where it has some.
func (s *Web) write(w http.ResponseWriter, r *http.Request, p dictumal.Principal, status int, editor Editor) error {
	editor.Action, editor.Cancel = "/constitutions", "/constitutions"
	page := EditorPage{Frame: s.frame(r, "constitutions", "New constitution", "editor.js"), Editor: editor}
	checked, err := s.Control.CheckConstitution(p, editor.Document)
	switch {
	case err == nil:
		catalog, _ := s.catalog(r.Context(), p)
		page.Meaning = newMeaning(checked.Policy, catalog)
	case dictumal.ErrorCode(err) != dictumal.CodeInvalid:
		return err
	}
	s.show(w, r, status, "new", page)
	return nil
}

func (s *Web) createConstitution(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	document, err := posted(w, r)
	if err != nil {
		return err
	}
	if name := r.PostFormValue("example"); name != "" {
		if document, err = s.example(name); err != nil {
			return err
		}
	}
	made, err := s.Control.CreateConstitution(r.Context(), p, document)
	if dictumal.ErrorCode(err) == dictumal.CodeInvalid {
		return s.write(w, r, p, http.StatusUnprocessableEntity, Editor{Document: document, Faults: faultsOf(err)})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/constitutions/"+made.ID, http.StatusSeeOther)
	return nil
}

// updateConstitution saves the next version. What cannot be saved comes back in
// the editor, so that nobody loses what they wrote.
func (s *Web) updateConstitution(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	document, err := posted(w, r)
	if err != nil {
		return err
	}
	id, read := r.PathValue("id"), r.PostFormValue("ifMatch")
	_, err = s.Control.UpdateConstitution(r.Context(), p, id, document, read)
	code := dictumal.ErrorCode(err)
	if err == nil {
		http.Redirect(w, r, "/constitutions/"+id, http.StatusSeeOther)
		return nil
	}
	if code != dictumal.CodeInvalid && code != dictumal.CodeStale {
		return err
	}
	page, newest, lost := s.constitutionPage(r, p, "edit", 0)
	if lost != nil {
		return lost
	}
	page.Script = "editor.js"
	page.Editor = Editor{
		Action: "/constitutions/" + id, Cancel: "/constitutions/" + id, Document: document,
		IfMatch: cmp.Or(read, newest.Hash), Faults: faultsOf(err), Stale: code == dictumal.CodeStale,
	}
	if page.Editor.Stale {
		page.Editor.IfMatch = newest.Hash
	}
	s.show(w, r, newErrorPage(page.Frame, err).Status, "constitution", page)
	return nil
}

// effect is what a document would do, for the editor that is open.
type effect struct {
	Faults      []dictumal.Fault `json:"faults"`
	FaultsHTML  string           `json:"faultsHTML"`
	MeaningHTML string           `json:"meaningHTML"`
}

func (s *Web) checkConstitution(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	document, err := posted(w, r)
	if err != nil {
		return err
	}
	answer := effect{Faults: []dictumal.Fault{}}
	checked, err := s.Control.CheckConstitution(p, document)
	switch {
	case dictumal.ErrorCode(err) == dictumal.CodeInvalid:
		answer.Faults = faultsOf(err)
		html, err := s.pages.RenderPart("faults", answer.Faults)
		if err != nil {
			return err
		}
		answer.FaultsHTML = string(html)
	case err != nil:
		return err
	default:
		catalog, _ := s.catalog(r.Context(), p)
		html, err := s.pages.RenderPart("meaning", newMeaning(checked.Policy, catalog))
		if err != nil {
			return err
		}
		answer.MeaningHTML = string(html)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(answer) // a reader who has left is nobody to tell
	return nil
}

// maxForm leaves room for a document that is too long by much, so that its writer
// gets it back with a sentence; form encoding may treble it.
const maxForm = 16 * dictumal.MaxDocument

func posted(w http.ResponseWriter, r *http.Request) (string, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return "", dictumal.NewError(dictumal.CodeMalformed, "The form could not be read, or is far too long; go back and send it again.").Wrap(err)
	}
	return r.PostFormValue("document"), nil
}
