package client

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Server asks the server who it is.
func (c *Client) Server(ctx context.Context) (Server, error) {
	var server Server
	err := c.call(ctx, http.MethodGet, "/healthz", nil, &server)
	return server, err
}

// Constitutions lists the newest version of each constitution.
func (c *Client) Constitutions(ctx context.Context) ([]Constitution, error) {
	var list []Constitution
	err := c.call(ctx, http.MethodGet, "/api/constitutions", nil, &list)
	return list, err
}

// CreateConstitution keeps a document as a new constitution.
func (c *Client) CreateConstitution(ctx context.Context, document string) (Constitution, error) {
	var made Constitution
	err := c.call(ctx, http.MethodPost, "/api/constitutions", documentBody{document}, &made)
	return made, err
}

// UpdateConstitution keeps a document as the next version, provided that the
// newest still has the hash.
func (c *Client) UpdateConstitution(ctx context.Context, id, document, hash string) (Constitution, error) {
	var made Constitution
	err := c.call(ctx, http.MethodPut, "/api/constitutions/"+url.PathEscape(id), documentBody{document}, &made,
		"If-Match", `"`+hash+`"`)
	return made, err
}

// Deploy orders a desktop. The key makes a repeated order give the same one.
func (c *Client) Deploy(ctx context.Context, order Order, key string) (Deployment, error) {
	var made Deployment
	err := c.call(ctx, http.MethodPost, "/api/deployments", order, &made, "Idempotency-Key", key)
	return made, err
}

// Deployments lists all deployments that are not destroyed, newest first.
func (c *Client) Deployments(ctx context.Context) ([]Deployment, error) {
	const page = 200
	var all []Deployment
	for after := ""; ; {
		var list []Deployment
		query := url.Values{"limit": {fmt.Sprint(page)}}
		if after != "" {
			query.Set("after", after)
		}
		if err := c.call(ctx, http.MethodGet, "/api/deployments?"+query.Encode(), nil, &list); err != nil {
			return nil, err
		}
		all = append(all, list...)
		if len(list) < page {
			return all, nil
		}
		after = list[len(list)-1].ID
	}
}

// Deployment returns one deployment.
func (c *Client) Deployment(ctx context.Context, id string) (Deployment, error) {
	var d Deployment
	err := c.call(ctx, http.MethodGet, "/api/deployments/"+url.PathEscape(id), nil, &d)
	return d, err
}

// Destroy asks for the end of a deployment.
func (c *Client) Destroy(ctx context.Context, id string) (Deployment, error) {
	var d Deployment
	err := c.call(ctx, http.MethodDelete, "/api/deployments/"+url.PathEscape(id), nil, &d)
	return d, err
}

// DestroyAll asks for the end of several deployments, and tells of each in order what
// became of it.
func (c *Client) DestroyAll(ctx context.Context, ids []string) (results []Destruction, err error) {
	body := struct {
		IDs []string `json:"ids"`
	}{ids}
	err = c.call(ctx, http.MethodPost, "/api/deployments/destroy", body, &results)
	return results, err
}

// Extend gives a deployment a later end.
func (c *Client) Extend(ctx context.Context, id string, by time.Duration) (Deployment, error) {
	var d Deployment
	body := struct {
		By string `json:"by"`
	}{by.String()}
	err := c.call(ctx, http.MethodPost, "/api/deployments/"+url.PathEscape(id)+"/extend", body, &d)
	return d, err
}

// Retry deploys anew what has failed, once.
func (c *Client) Retry(ctx context.Context, id string) (Deployment, error) {
	var d Deployment
	err := c.call(ctx, http.MethodPost, "/api/deployments/"+url.PathEscape(id)+"/retry", nil, &d)
	return d, err
}

// Forget gives a desktop up without a proof that its machine is gone.
func (c *Client) Forget(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodPost, "/api/deployments/"+url.PathEscape(id)+"/forget", nil, nil)
}

// Unowned lists the machines that no desktop owns; confirming lets the server
// remove those that it keeps.
func (c *Client) Unowned(ctx context.Context, confirm bool) (list []Unowned, err error) {
	method := http.MethodGet
	if confirm {
		method = http.MethodPost
	}
	err = c.call(ctx, method, "/api/machines/unowned", nil, &list)
	return list, err
}

// Launch returns a link that opens the desktop in a browser, once.
func (c *Client) Launch(ctx context.Context, id string) (string, error) {
	response, err := c.send(ctx, http.MethodGet, "/api/deployments/"+url.PathEscape(id)+"/launch", nil)
	if err != nil {
		return "", err
	}
	defer drain(response)
	location := response.Header.Get("Location")
	if !strings.HasPrefix(location, "/") {
		return location, nil
	}
	server, err := c.Server(ctx)
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(cmp.Or(server.URL, c.public), "/") + location, nil
}

// SignInLink returns a link that signs in, once.
func (c *Client) SignInLink(ctx context.Context) (string, error) {
	var answer struct {
		URL string `json:"url"`
	}
	err := c.call(ctx, http.MethodPost, "/api/sign-in-links", struct{}{}, &answer)
	return answer.URL, err
}

// Private

type documentBody struct {
	Document string `json:"document"`
}
