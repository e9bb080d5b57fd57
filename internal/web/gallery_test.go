package web

import (
	"slices"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/constitution"
)

// scene is a page in one state, as the screenshots and the checks that concern
// every page see it.
type scene struct {
	name string
	page string
	view any
	// open is the id of a dialog to be opened.
	open string
	// twin is set where another scene is built alike.
	twin bool
}

func frame(section, title, script string) Frame {
	return Frame{Title: title, Section: section, Script: script, User: "ada@example.org", Admin: true, Watched: watched(section)}
}

func scenes() []scene {
	return slices.Concat(instanceScenes(), lifetimeScenes(), cloudScenes(), machineScenes(), auditScenes(), peopleScenes(), constitutionScenes(), accountScenes(), grantScenes(), otherScenes())
}

func instanceScenes() []scene {
	scenes := []scene{
		list("instances-empty", nil, listing{}),
		list("instances", several(), listing{}),
		list("instances-500", many(500), listing{}),
		list("instances-500-page", many(500), listing{State: "active", After: many(500)[40].ID}),
		list("instances-no-match", many(9), listing{Query: "nothing like it"}),
		single("instance-active", several()[1], bootText(300)),
		single("instance-failed", several()[2], bootText(40)),
		single("instance-destroying", several()[4], bootText(40)),
		{name: "destroy", page: "destroy", view: DestroyPage{Frame: frame("instances", "Destroy", ""), Card: newCard(several()[3], surroundings())}},
	}
	for _, stage := range dictumal.Stages(dictumal.Native) {
		status := dictumal.Configuring
		if stage == dictumal.ProvisioningDroplet || stage == dictumal.WaitingForIP {
			status = dictumal.Provisioning
		}
		if stage != dictumal.StageActive {
			made := single("instance-"+string(stage), deployment(1, "Review bench", status, stage), bootText(stage.Percent()/12-3))
			made.twin = stage != dictumal.ProvisioningDroplet
			scenes = append(scenes, made)
		}
	}
	return scenes
}

func list(name string, all []dictumal.Deployment, ask listing) scene {
	page := newInstancesPage(frame("instances", "Instances", "instances.js"), pick(all, ask), ask, surroundings(), tails(all))
	if len(all) == 0 {
		page.Examples = examples()
	}
	return scene{name: name, page: "instances", view: page}
}

func single(name string, d dictumal.Deployment, log string) scene {
	look := surroundings()
	if d.Stream == dictumal.Guacamole {
		look.Typical = 5*time.Minute + 40*time.Second
	}
	page := newInstancePage(frame("instances", "", "instances.js"), d, story(d), bootLog{{Text: log}}, look)
	page.Grants = newGrants(d, nil, look)
	return scene{name: name, page: "instance", view: page}
}

func constitutionScenes() []scene {
	page := func(tab string, priced bool) ConstitutionPage {
		script := map[string]string{"edit": "editor.js"}[tab]
		if script == "" {
			script = "instances.js"
		}
		p := newConstitutionPage(frame("constitutions", "", script), tab, review(2), 2, noon)
		p.Meaning = newMeaning(review(2).Policy, catalog(priced))
		p.Deploy = newDeployForm(review(2), offering(priced), wish{})
		p.LiveCount = 2
		return p
	}
	read, priced, edit, faulty, versions, instances := page("read", false), page("read", true), page("edit", false), page("edit", false), page("versions", false), page("instances", false)
	read.Body, _ = constitution.RenderHTML(review(2).Document)
	priced.Body = read.Body
	edit.Editor = Editor{Action: "/constitutions/x", Cancel: "/constitutions/x", Document: review(2).Document, IfMatch: review(2).Hash}
	faulty.Editor = edit.Editor
	faulty.Editor.Document = "---\ntitle: Review bench\nmachine:\n  sise: s-2vcpu-4gb\nnetwork:\n  egress: allowlist\n---\n\n# Review bench\n"
	_, err := constitution.Parse(faulty.Editor.Document)
	faulty.Editor.Faults = faultsOf(err)
	versions.Versions = newVersionRows([]dictumal.Constitution{review(2), review(1)}, 2, noon)
	versions.Redline, versions.Against = newRedline(constitution.Diff(review(1).Document, review(2).Document)), 1
	instances.Cards = []Card{newCard(several()[0], surroundings()), newCard(several()[1], surroundings())}
	long := review(1)
	long.Title, long.ID = longTitle, "01KAH3C0N5T1TUT10N00000002"
	return []scene{
		{name: "constitutions-empty", page: "constitutions", view: ConstitutionsPage{Frame: frame("constitutions", "Constitutions", ""), Examples: examples()}},
		{name: "constitutions", page: "constitutions", view: newConstitutionsPage(frame("constitutions", "Constitutions", ""),
			[]dictumal.Constitution{review(2), long, review(1)}, map[string]int{review(2).ID: 2}, noon)},
		{name: "constitution", page: "constitution", view: read},
		{name: "constitution-deploy", page: "constitution", view: read, open: "deploy"},
		{name: "constitution-deploy-priced", page: "constitution", view: priced, open: "deploy"},
		{name: "constitution-edit", page: "constitution", view: edit},
		{name: "constitution-edit-faults", page: "constitution", view: faulty},
		{name: "constitution-versions", page: "constitution", view: versions},
		{name: "constitution-instances", page: "constitution", view: instances},
		{name: "constitution-new", page: "new", view: EditorPage{
			Frame:  frame("constitutions", "New constitution", "editor.js"),
			Editor: Editor{Action: "/constitutions", Cancel: "/constitutions", Document: blankDocument}, Meaning: read.Meaning,
		}},
		{name: "deploy", page: "deploy", view: DeployPage{
			Frame: frame("constitutions", "Deploy", ""), ID: review(2).ID, Title: "Review bench",
			Form: priced.Deploy, Notice: "You have as many machines as allowed (3); destroy one that is not needed, or ask for a higher limit.",
		}},
	}
}

func otherScenes() []scene {
	stranger := Frame{Title: "Sign in"}
	ways := []Link{{Words: "Sign in with Google", URL: "/api/auth/signin/google"}, {Words: "Sign in with id.example.org", URL: "/api/auth/signin/oidc"}}
	failure := func(name string, err error) scene {
		return scene{name: name, page: "error", view: newErrorPage(frame("", "", ""), err)}
	}
	return []scene{
		{name: "sign-in", page: "sign-in", view: SignInPage{Frame: stranger, Code: "K7QW"}},
		{name: "sign-in-no-link", page: "sign-in", view: SignInPage{Frame: stranger}},
		{name: "sign-in-provider", page: "sign-in", view: SignInPage{Frame: stranger, Ways: ways[:1]}},
		{name: "sign-in-providers", page: "sign-in", view: SignInPage{Frame: stranger, Ways: ways}},
		{name: "sign-in-signed-out", page: "sign-in", view: SignInPage{Frame: stranger, Ways: ways, Notice: "You are signed out here. You may still be signed in at Google or id.example.org; sign out there, too, where others use this computer."}},
		{name: "sign-in-down", page: "sign-in", view: SignInPage{Frame: stranger, Ways: ways, Failed: true, Notice: "id.example.org does not answer at the moment, so nobody can sign in by it; try again in a minute."}},
		{name: "sign-in-mismatch", page: "sign-in", view: SignInPage{
			Frame: stranger, Failed: true, Ways: []Link{{Words: "Go to https://desktops.example.org", URL: "https://desktops.example.org/sign-in"}},
			Notice: "Confirm OAuth callback URL matches the running environment: you came to localhost:8080, but AUTH_URL is https://desktops.example.org, and people are sent back to https://desktops.example.org/api/auth/callback/google.",
		}},
		{name: "sign-in-expired", page: "sign-in", view: SignInPage{Frame: stranger, Notice: "Your session has ended. Nothing was lost; sign in to go on."}},
		failure("error-404", dictumal.ErrNotFound),
		failure("error-403", dictumal.ErrLink),
		failure("error-429", dictumal.NewError(dictumal.CodeTooMany,
			"As many streams are open as one person may have (64); close pages or programs that are not needed, and try again.")),
		failure("error-422", dictumal.Invalid(dictumal.Fault{Location: "size", Message: `Size "s-9vcpu-1gb" is not on offer in local; choose one of s-1vcpu-1gb, s-2vcpu-4gb.`})),
		failure("error-500", dictumal.NewError(dictumal.CodeInternal, "Something went wrong on the server. Try again; its log has the details.")),
		{name: "api", page: "api", view: APIPage{Frame: frame("", "API", ""), Routes: []Route{
			{"GET", "/api/constitutions/{id}/versions/{version}", "Show one version"}, {"POST", "/api/deployments", "Deploy a constitution"},
		}}},
		{name: "licenses", page: "licenses", view: LicensesPage{Frame: frame("", "Licences", ""), Works: []Link{{Words: "@novnc/novnc 1.7.0", URL: "/licenses/1"}, {Words: "modernc.org/sqlite v1.60.1", URL: "/licenses/2"}}}},
	}
}
