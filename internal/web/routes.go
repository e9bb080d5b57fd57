package web

import "github.com/dictumal/dictumal/internal/route"

// Routes adds every page to a mux.
func (s *Web) Routes(mux route.Mux) {
	mux.Handle("GET /static/{version}/{file...}", s.assets)
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("GET /licenses", s.licenses)
	mux.HandleFunc("GET /licenses/{number}", s.license)
	mux.HandleFunc("GET /sign-in", s.signInPage)
	mux.HandleFunc("POST /sign-in", s.signIn)
	mux.HandleFunc("POST /sign-out", s.signOut)
	mux.HandleFunc("GET /api/auth/signin/{provider}", s.beginLogin)
	mux.HandleFunc("GET /api/auth/callback/{provider}", s.finishLogin)
	mux.HandleFunc("GET /desktop/{id}", s.desktop)

	for pattern, handle := range map[string]handler{
		"GET /instances":               s.instances,
		"GET /instances/{id}":          s.instance,
		"GET /instances/{id}/progress": s.progress,
		"GET /instances/{id}/log":      s.bootLog,
		"GET /instances/{id}/destroy":  s.confirmDestroy,
		"POST /instances/{id}/destroy": s.destroy,
		"POST /instances/{id}/extend":  s.extend,
		"POST /instances/{id}/retry":   s.retry,
		"POST /instances/{id}/grants":  s.share,
		"GET /instances/destroy":       s.confirmDestroyAll,
		"POST /instances/destroy":      s.destroyAll,

		"POST /instances/{id}/grants/{grant}/revoke": s.unshare,

		"GET /constitutions":              s.constitutions,
		"POST /constitutions":             s.createConstitution,
		"GET /constitutions/new":          s.newConstitution,
		"POST /constitutions/check":       s.checkConstitution,
		"GET /constitutions/{id}":         s.constitution,
		"POST /constitutions/{id}":        s.updateConstitution,
		"POST /constitutions/{id}/delete": s.deleteConstitution,
		"GET /constitutions/{id}/deploy":  s.confirmDeploy,
		"POST /constitutions/{id}/deploy": s.deploy,

		"GET /machines": s.machines,
		"GET /provider": s.provider,
		"GET /audit":    s.audit,

		"GET /people":                s.people,
		"GET /people/{id}":           s.person,
		"POST /people/{id}/sign-out": s.signOutOf,
		"POST /people/{id}/block":    s.standing(s.Auth.Block),
		"POST /people/{id}/unblock":  s.standing(s.Auth.Unblock),

		"GET /account":                     s.account,
		"POST /account/tokens":             s.createToken,
		"POST /account/tokens/{id}/revoke": s.revokeToken,
		"POST /account/sessions/{id}/end":  s.endSession,
		"POST /account/sessions/end":       s.endSessions,
	} {
		mux.HandleFunc(pattern, s.signedIn(handle))
	}
	mux.HandleFunc("/", s.missing)
}
