package main

import (
	"strings"

	"github.com/dictumal/dictumal/internal/app"
)

type backupCommand struct {
	File string `arg:"" help:"The new file."`
}

// backedUp is what backup has to tell.
type backedUp struct {
	File   string   `json:"file"`
	Secret string   `json:"secret"`
	Keys   []string `json:"keys"` // ids of the keys that open it, as keys status tells them
}

// Run copies the database, whether or not a server is running.
func (c backupCommand) Run(w *world) error {
	cfg, err := w.config()
	if err != nil {
		return err
	}
	if err := app.Backup(w.ctx, cfg, c.File); err != nil {
		return err
	}
	secret := cfg.SecretFile()
	if len(cfg.AuthSecret) > 0 {
		secret = "AUTH_SECRET"
	}
	keys, err := app.KeyIDs(cfg)
	if err != nil {
		return err
	}
	return w.answer(backedUp{c.File, secret, keys}, func() {
		w.say("The database is in %s.", c.File)
		w.say("Keys to machines are sealed in it and open only with %s (key %s): keep that as well, in another place.", secret, strings.Join(keys, ", "))
	})
}

type restoreCommand struct {
	File string `arg:"" help:"A file that backup has made."`
}

// restored is what restore has to tell.
type restored struct {
	File    string `json:"file"`
	Kept    string `json:"kept"`    // empty where there was no database
	Warning string `json:"warning"` // empty where everything in it opens
}

// Run puts a backup in the place of the database, while no server runs.
func (c restoreCommand) Run(w *world) error {
	cfg, err := w.config()
	if err != nil {
		return err
	}
	done, err := app.Restore(w.ctx, cfg, c.File)
	if err != nil {
		return err
	}
	return w.answer(restored{c.File, done.Kept, done.Warning}, func() {
		w.say("The database is as it was in %s.", c.File)
		if done.Kept != "" {
			w.say("What was there until now is kept in %s.", done.Kept)
		}
		if done.Warning != "" {
			w.say("%s", done.Warning)
		}
		w.say("Machines that were made since the backup belong to no row and are left alone: once the server runs, `dictumal sweep` lists them.")
	})
}
