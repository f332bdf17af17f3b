import { render } from 'preact'
import { App } from './app.js'
import { start } from './source.js'
import { apply } from './theme.js'

apply()
start()
const root = document.getElementById('app')
if (root !== null) render(<App />, root)
