package web

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
