package app_test

import (
	"net/http"

	"github.com/dictumal/dictumal"
)

// kind is what a route is about, and so who may.
type kind string

const (
	public   kind = "public"   // whoever comes
	known    kind = "known"    // who has signed in, and sees what is their own
	admins   kind = "admins"   // administrators
	persons  kind = "persons"  // one user, for administrators
	personal kind = "personal" // one object, which is its owner's and nobody else's
	written  kind = "written"  // a constitution: administrators read what governs
	ruled    kind = "ruled"    // the same, and only its owner changes it
	seen     kind = "seen"     // a deployment, as much of it as one may see
	opened   kind = "opened"   // its desktop
	told     kind = "told"     // its story
	changed  kind = "changed"  // its end, its successor, who else may open it
	ended    kind = "ended"    // it
)

// bySession stands for what no token may do, whatever its scopes.
const bySession dictumal.Scope = "session"

// line is what the matrix knows of a route.
type line struct {
	kind  kind
	scope dictumal.Scope // what a token needs
	ok    int            // the answer to whoever may
	body  string         // {own} and so on stand in for ids
	// stranger is the answer to those who are not known; 0: they are sent away.
	stranger int
	// status is what the deployments are in; empty: ACTIVE.
	status dictumal.Status
	// page is set where a browser asks.
	page bool
}

const (
	read   = dictumal.ScopeRead
	deploy = dictumal.ScopeDeploy
	launch = dictumal.ScopeLaunch
	all    = dictumal.ScopeAdmin

	document = `{"document":"# Desk\n"}`
	bob      = `{"email":"new@example.org","control":"view-only"}`
)

// matrix has a line for every route that browsers and programs can ask for.
func matrix() map[string]line {
	lines := map[string]line{
		// Programs.
		"GET /api/constitutions":                         {kind: known, scope: read, ok: 200},
		"POST /api/constitutions":                        {kind: known, scope: deploy, ok: 201, body: document},
		"GET /api/constitutions/{id}":                    {kind: written, scope: read, ok: 200},
		"PUT /api/constitutions/{id}":                    {kind: ruled, scope: deploy, ok: 200, body: document},
		"DELETE /api/constitutions/{id}":                 {kind: ruled, scope: deploy, ok: 204},
		"GET /api/constitutions/{id}/versions":           {kind: ruled, scope: read, ok: 200},
		"GET /api/constitutions/{id}/versions/{version}": {kind: written, scope: read, ok: 200},

		"GET /api/deployments":                        {kind: known, scope: read, ok: 200},
		"POST /api/deployments":                       {kind: known, scope: deploy, ok: 404, body: `{"constitutionId":"none"}`},
		"GET /api/deployments/{id}":                   {kind: seen, scope: read, ok: 200},
		"DELETE /api/deployments/{id}":                {kind: ended, scope: deploy, ok: 202},
		"POST /api/deployments/destroy":               {kind: known, scope: deploy, ok: 200, body: `{"ids":["none"]}`},
		"POST /api/deployments/{id}/extend":           {kind: changed, scope: deploy, ok: 200, body: `{"by":"10m"}`},
		"POST /api/deployments/{id}/retry":            {kind: changed, scope: deploy, ok: 201, status: dictumal.Errored},
		"GET /api/deployments/{id}/receipt":           {kind: told, scope: read, ok: 200, status: dictumal.Destroyed},
		"GET /api/deployments/{id}/launch":            {kind: opened, scope: launch, ok: 302},
		"GET /api/deployments/{id}/events":            {kind: told, scope: read, ok: 200},
		"GET /api/deployments/{id}/grants":            {kind: told, scope: read, ok: 200},
		"POST /api/deployments/{id}/grants":           {kind: changed, scope: deploy, ok: 201, body: bob},
		"DELETE /api/deployments/{id}/grants/{grant}": {kind: changed, scope: deploy, ok: 204},
		"GET /api/shared":                             {kind: known, scope: read, ok: 200},

		"GET /api/events":   {kind: known, scope: read, ok: 200},
		"GET /api/catalog":  {kind: known, scope: read, ok: 200},
		"GET /api/machines": {kind: known, scope: read, ok: 200},
		"GET /api/provider": {kind: known, scope: read, ok: 200},

		"GET /api/audit":        {kind: admins, scope: all, ok: 200},
		"GET /api/audit/export": {kind: admins, scope: all, ok: 200},

		"GET /api/people":                  {kind: admins, scope: all, ok: 200},
		"POST /api/people/{id}/block":      {kind: persons, scope: all, ok: 200},
		"POST /api/people/{id}/unblock":    {kind: persons, scope: all, ok: 200},
		"DELETE /api/people/{id}/sessions": {kind: persons, scope: all, ok: 200},

		"GET /api/sessions":         {kind: known, scope: bySession, ok: 200},
		"DELETE /api/sessions":      {kind: known, scope: bySession, ok: 200},
		"DELETE /api/sessions/{id}": {kind: personal, scope: bySession, ok: 204},
		"GET /api/tokens":           {kind: known, scope: bySession, ok: 200},
		"POST /api/tokens":          {kind: known, scope: bySession, ok: 201, body: `{"name":"n","scopes":["read"]}`},
		"DELETE /api/tokens/{id}":   {kind: personal, scope: bySession, ok: 204},

		// What is nobody's secret.
		"GET /api/docs":                   {kind: public, ok: 200},
		"/api/":                           {kind: public, ok: 404},
		"GET /ca.pem":                     {kind: public, ok: 200},
		"GET /healthz":                    {kind: public, ok: 200},
		"GET /readyz":                     {kind: public, ok: 200},
		"GET /metrics":                    {kind: public, ok: 200}, // to whoever is on this machine
		"GET /static/{version}/{file...}": {kind: public, ok: 200},
		"GET /licenses":                   {kind: public, ok: 200},
		"GET /licenses/{number}":          {kind: public, ok: 404}, // no work has the number 0
		"/":                               {kind: public, ok: 404},
		"GET /{$}":                        {kind: public, ok: 303},
		"GET /sign-in":                    {kind: public, ok: 303, stranger: 200},
		"POST /sign-in":                   {kind: public, ok: 403},
		"POST /sign-out":                  {kind: public, ok: 303},
		"POST /desktop/{id}/session":      {kind: public, ok: 400}, // the code in it is what counts

		"GET /api/auth/signin/{provider}":   {kind: public, ok: 404}, // none is set
		"GET /api/auth/callback/{provider}": {kind: public, ok: 404},

		// The viewer. Its page is empty for those whom a code may let in yet.
		"GET /desktop/{id}":    {kind: opened, scope: launch, ok: 200, stranger: 401},
		"GET /desktop/{id}/ws": {kind: opened, scope: launch, ok: 426, stranger: 401}, // no WebSocket is asked for
	}
	for pattern, l := range pages() {
		l.page = true
		lines[pattern] = l
	}
	return lines
}

// pages are those of people who have signed in.
func pages() map[string]line {
	const form = "document=%23+Desk%0A"
	return map[string]line{
		"GET /instances":               {kind: known, scope: read, ok: 200},
		"GET /instances/{id}":          {kind: told, scope: read, ok: 200},
		"GET /instances/{id}/progress": {kind: told, scope: read, ok: 200},
		"GET /instances/{id}/log":      {kind: told, scope: read, ok: 200},
		"GET /instances/{id}/destroy":  {kind: ended, scope: deploy, ok: 200},
		"POST /instances/{id}/destroy": {kind: ended, scope: deploy, ok: 303},
		"POST /instances/{id}/extend":  {kind: changed, scope: deploy, ok: 303, body: "until={until}"},
		"POST /instances/{id}/retry":   {kind: changed, scope: deploy, ok: 303, status: dictumal.Errored},
		"GET /instances/destroy":       {kind: known, scope: deploy, ok: 200},
		"POST /instances/destroy":      {kind: known, scope: deploy, ok: 404, body: "id=none"},

		"POST /instances/{id}/grants":                {kind: changed, scope: deploy, ok: 303, body: "email=new%40example.org&control=view-only"},
		"POST /instances/{id}/grants/{grant}/revoke": {kind: changed, scope: deploy, ok: 303},

		"GET /constitutions":              {kind: known, scope: read, ok: 200},
		"POST /constitutions":             {kind: known, scope: deploy, ok: 303, body: form},
		"GET /constitutions/new":          {kind: known, scope: read, ok: 200},
		"POST /constitutions/check":       {kind: known, scope: read, ok: 200, body: form},
		"GET /constitutions/{id}":         {kind: written, scope: read, ok: 200},
		"POST /constitutions/{id}":        {kind: ruled, scope: deploy, ok: 303, body: form},
		"POST /constitutions/{id}/delete": {kind: ruled, scope: deploy, ok: 303},
		"GET /constitutions/{id}/deploy":  {kind: ruled, scope: deploy, ok: 200},
		"POST /constitutions/{id}/deploy": {kind: ruled, scope: deploy, ok: 303},

		"GET /machines": {kind: known, scope: read, ok: 200},
		"GET /provider": {kind: known, scope: read, ok: 204},
		"GET /audit":    {kind: admins, scope: all, ok: 200},

		"GET /people":                {kind: admins, scope: all, ok: 200},
		"GET /people/{id}":           {kind: persons, scope: all, ok: 200},
		"POST /people/{id}/sign-out": {kind: persons, scope: all, ok: 303},
		"POST /people/{id}/block":    {kind: persons, scope: all, ok: 303},
		"POST /people/{id}/unblock":  {kind: persons, scope: all, ok: 303},

		"GET /account":                     {kind: known, scope: bySession, ok: 200},
		"POST /account/tokens":             {kind: known, scope: bySession, ok: 200, body: "name=n&scope=read"},
		"POST /account/tokens/{id}/revoke": {kind: personal, scope: bySession, ok: 303},
		"POST /account/sessions/end":       {kind: known, scope: bySession, ok: 303},
		"POST /account/sessions/{id}/end":  {kind: personal, scope: bySession, ok: 303},
	}
}

// local has a line for every route of the command line's socket beyond those above:
// the answer there. Nowhere else is there such a route.
func local() map[string]int {
	return map[string]int{
		"POST /api/sign-in-links":           http.StatusOK,
		"POST /api/deployments/{id}/forget": http.StatusOK,
		"GET /api/machines/unowned":         http.StatusOK,
		"POST /api/machines/unowned":        http.StatusOK,
		"GET /api/keys":                     http.StatusOK,
		"POST /api/keys/rotate":             http.StatusOK,
	}
}

// want is the answer that somebody gets for an object.
func (l line) want(w who, o object) int {
	switch {
	case l.stranger != 0 && (!w.known || l.kind == public && w.name == confined): // who may sign in
		return l.stranger
	case l.kind == public:
		return l.ok
	case !w.known:
		return http.StatusUnauthorized // or the way to the sign-in page
	case w.name == scopeless:
		return http.StatusForbidden
	case w.name == confined:
		return l.confined(o)
	case l.kind == known:
		return l.ok
	case w.name == admin && (l.kind == admins || l.kind == persons && o != missing):
		return l.ok
	case w.name != admin && (l.kind == admins || l.kind == persons): // whether there is such a user is not theirs to know
		return http.StatusForbidden
	case o == missing || l.kind == personal && (w.name != owner || o != own):
		return http.StatusNotFound
	case w.name == owner && o == own:
		return l.ok
	case w.name == viewer && o == own:
		return l.viewers()
	case w.name == admin:
		return l.admins()
	}
	return http.StatusNotFound
}

// viewers is the answer to those with whom a desktop is shared.
func (l line) viewers() int {
	switch l.kind {
	case seen, opened:
		return l.ok
	case written, ruled: // what governs it is not shared
		return http.StatusNotFound
	default:
		return http.StatusForbidden
	}
}

// confined is the answer to a session that opens one desktop and no more.
func (l line) confined(o object) int {
	switch l.kind {
	case seen, opened:
		if o == own {
			return l.ok
		}
		return http.StatusNotFound
	case told, changed, ended:
		if o != own {
			return http.StatusNotFound
		}
		return http.StatusForbidden
	default:
		return http.StatusForbidden
	}
}

// admins is the answer to administrators about what is somebody else's.
func (l line) admins() int {
	switch l.kind {
	case seen, told, ended, written:
		return l.ok
	default:
		return http.StatusForbidden
	}
}
