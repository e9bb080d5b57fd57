package main

type signInCommand struct{}

// Run prints a link that signs in, once.
func (signInCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	link, err := server.SignInLink(w.ctx)
	if err != nil {
		return err
	}
	return w.answer(struct {
		URL string `json:"url"`
	}{link}, func() { w.say("%s", link) })
}

type tokenCommand struct {
	Create createTokenCommand `cmd:"" help:"Print a new token, which is shown this once."`
}

type createTokenCommand struct {
	User string `placeholder:"EMAIL" help:"The user whom the token stands for; the local user without it."`
}

// Run prints the token alone, so that it can go straight into a variable.
func (c createTokenCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	token, err := server.CreateToken(w.ctx, c.User)
	if err != nil {
		return err
	}
	return w.answer(struct {
		Token string `json:"token"`
	}{token}, func() { w.say("%s", token) })
}
