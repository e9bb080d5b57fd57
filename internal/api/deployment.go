package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// DeployBody asks for a desktop.
type DeployBody struct {
	ConstitutionID string          `json:"constitutionId"`
	Version        int             `json:"version,omitempty" minimum:"0" doc:"0 or absent: the newest"`
	Region         string          `json:"region,omitempty" doc:"Over the document's, over the catalog's default"`
	Size           string          `json:"size,omitempty" doc:"Over the document's, over the catalog's default"`
	Stream         dictumal.Stream `json:"stream,omitempty" doc:"native or guacamole; absent: the server's default"`
}

// DeployInput is the request to deploy.
type DeployInput struct {
	Key  string `header:"Idempotency-Key" doc:"At most 64 characters; remembered for 24 hours"`
	Body DeployBody
}

// DeploymentOutput answers with one deployment.
type DeploymentOutput struct {
	Status int
	Body   Deployment
}

// DeploymentInput names one deployment.
type DeploymentInput struct {
	ID string `path:"id"`
}

// ListInput names a part of a list.
type ListInput struct {
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	After string `query:"after" doc:"The last id of the page before"`
}

// DeploymentsOutput answers with a list.
type DeploymentsOutput struct {
	Link string `header:"Link"`
	Body []Deployment
}

// Private

func (a *API) deployments(described huma.API) {
	huma.Register(described, operation(http.MethodPost, "/api/deployments", "deploy",
		"Deploy a constitution", http.StatusCreated, 400, 404, 409, 422, 503), a.deploy)
	huma.Register(described, operation(http.MethodGet, "/api/deployments", "list-deployments",
		"List your deployments that are not destroyed, newest first", http.StatusOK), a.list)
	huma.Register(described, operation(http.MethodDelete, "/api/deployments/{id}", "destroy",
		"Destroy a deployment", http.StatusAccepted, 404), a.destroy)
}

func (a *API) deploy(ctx context.Context, in *DeployInput) (*DeploymentOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	made, created, err := a.Control.Deploy(ctx, p, control.DeployRequest{
		ConstitutionID: in.Body.ConstitutionID, Version: in.Body.Version, Region: in.Body.Region,
		Size: in.Body.Size, Stream: in.Body.Stream, IdempotencyKey: in.Key,
	})
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return ordered(made, created), nil
}

func (a *API) list(ctx context.Context, in *ListInput) (*DeploymentsOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	found, next, err := a.Control.Deployments(ctx, p, control.Page{Limit: in.Limit, After: in.After})
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	out := &DeploymentsOutput{Body: make([]Deployment, 0, len(found))}
	for _, d := range found {
		out.Body = append(out.Body, shapeDeployment(d))
	}
	if next != "" {
		query := url.Values{"limit": {strconv.Itoa(in.Limit)}, "after": {next}}
		out.Link = "</api/deployments?" + query.Encode() + `>; rel="next"`
	}
	return out, nil
}

func (a *API) get(ctx context.Context, in *DeploymentInput) (*DeploymentOutput, error) {
	return a.one(ctx, in.ID, http.StatusOK, a.Control.Deployment)
}

func (a *API) destroy(ctx context.Context, in *DeploymentInput) (*DeploymentOutput, error) {
	return a.one(ctx, in.ID, http.StatusAccepted, a.Control.Destroy)
}

func (a *API) one(ctx context.Context, id string, status int,
	do func(context.Context, dictumal.Principal, string) (dictumal.Deployment, error),
) (*DeploymentOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	d, err := do(ctx, p, id)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return &DeploymentOutput{Status: status, Body: shapeDeployment(d)}, nil
}

// ordered answers an order, which may have been carried out before.
func ordered(made dictumal.Deployment, created bool) *DeploymentOutput {
	status := http.StatusCreated
	if !created {
		status = http.StatusOK
	}
	return &DeploymentOutput{Status: status, Body: shapeDeployment(made)}
}
