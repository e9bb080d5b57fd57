package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Session is a browser that has signed in.
type Session struct {
	ID         string    `json:"id"`
	This       bool      `json:"this" doc:"The request was sent by it"`
	Agent      string    `json:"agent" doc:"What the browser calls itself"`
	Deployment *string   `json:"deployment" doc:"The one whose desktop it may open, and nothing else; null: no such bound"`
	SignedInAt time.Time `json:"signedInAt"`
	SeenAt     time.Time `json:"seenAt"`
	SeenFrom   *string   `json:"seenFrom" doc:"Address of its last use"`
	ExpiresAt  time.Time `json:"expiresAt"`
}

// SessionsOutput answers with sessions.
type SessionsOutput struct{ Body []Session }

// SessionInput names a session.
type SessionInput struct {
	ID string `path:"id"`
}

// SignOutInput says whether the session that asks ends, too.
type SignOutInput struct {
	This bool `query:"this" doc:"The session that asks ends, too"`
}

// SignOutOutput tells how many sessions have ended.
type SignOutOutput struct {
	Body struct {
		Ended int `json:"ended"`
	}
}

// Private

func (a *API) sessions(described huma.API) {
	huma.Register(described, operation(http.MethodGet, "/api/sessions", "list-sessions",
		"List your sessions, the last used first; for people who have signed in", http.StatusOK, 403), a.listSessions)
	huma.Register(described, operation(http.MethodDelete, "/api/sessions/{id}", "end-session",
		"End a session, and what is open by it", http.StatusNoContent, 403, 404), a.endSession)
	huma.Register(described, operation(http.MethodDelete, "/api/sessions", "sign-out-everywhere",
		"End all your other sessions, and what is open by them", http.StatusOK, 403), a.signOutEverywhere)
}

func (a *API) listSessions(ctx context.Context, _ *struct{}) (*SessionsOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	sessions, err := a.Auth.Sessions(ctx, p)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	shaped := make([]Session, 0, len(sessions))
	for _, s := range sessions {
		shaped = append(shaped, shapeSession(s, p))
	}
	return &SessionsOutput{Body: shaped}, nil
}

func (a *API) endSession(ctx context.Context, in *SessionInput) (*struct{}, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	if err := a.Auth.EndSession(ctx, p, in.ID); err != nil {
		return nil, a.problem(ctx, err)
	}
	return nil, nil //nolint:nilnil // no content
}

func (a *API) signOutEverywhere(ctx context.Context, in *SignOutInput) (*SignOutOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	out := &SignOutOutput{}
	if out.Body.Ended, err = a.Auth.EndSessions(ctx, p, in.This); err != nil {
		return nil, a.problem(ctx, err)
	}
	return out, nil
}

func shapeSession(s store.Session, p dictumal.Principal) Session {
	return Session{
		ID: s.ID, This: s.ID == p.Session, Agent: s.Agent, Deployment: present(s.OnlyDesktop),
		SignedInAt: s.CreatedAt, SeenAt: s.SeenAt, SeenFrom: present(s.From), ExpiresAt: s.ExpiresAt,
	}
}
