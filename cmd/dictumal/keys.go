package main

import (
	"github.com/dictumal/dictumal/internal/client"
)

type keysCommand struct {
	Rotate rotateKeysCommand `cmd:"" help:"Make a new key and seal everything anew with it, while the server goes on."`
	Status keyStatusCommand  `cmd:"" help:"Tell how many values are sealed with which key."`
}

type rotateKeysCommand struct{}

// Run has the server on this host make a new key.
func (rotateKeysCommand) Run(w *world) error {
	server, err := w.keeper()
	if err != nil {
		return err
	}
	keys, err := server.RotateKeys(w.ctx)
	if err != nil {
		return err
	}
	return w.answer(keys, func() {
		w.sayKeys(keys)
		w.say("A new secret is in use. Values are sealed anew by and by, and the former secret is forgotten when none needs it, after a minute at least.")
		w.say("A backup opens with the secret that was in use when it was made: take a new one, with the new secret.")
	})
}

type keyStatusCommand struct{}

// Run tells how many values are sealed with which key.
func (keyStatusCommand) Run(w *world) error {
	server, err := w.keeper()
	if err != nil {
		return err
	}
	keys, err := server.Keys(w.ctx)
	if err != nil {
		return err
	}
	return w.answer(keys, func() { w.sayKeys(keys) })
}

// Private

// keeper returns a client of the server on this host: keys are never changed from afar.
func (w *world) keeper() (*client.Client, error) {
	remote, err := w.remote()
	if err != nil {
		return nil, err
	}
	if remote != nil {
		return nil, usage{"Keys are looked after on the host of the server only; unset DICTUMAL_URL, and run this there."}
	}
	return w.client()
}

func (w *world) sayKeys(keys client.Keys) {
	meaning := map[string]string{
		"newest":  "in use",
		"former":  "opens; its values are being sealed anew",
		"missing": "not at hand: its values do not open (docs/backup.md)",
	}
	table := newColumns("KEY", "VALUES", "STANDING")
	for _, key := range keys.Keys {
		table.row(key.ID, key.Values, meaning[key.Standing])
	}
	w.say("%s", table)
}
