import { render } from 'preact'
import { App } from './app-view.tsx'
import { AppContext, openApp } from './app.ts'
import { openGateway } from './connection/open.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/frame.css'
import './styles/chat.css'
import './styles/composer.css'
import './styles/cards.css'
import './styles/markdown.css'
import './styles/parts.css'
import './styles/status.css'
import './styles/usage.css'

const root = document.getElementById('app')
if (root) {
  const app = openApp(openGateway())
  render(
    <AppContext.Provider value={app}>
      <App />
    </AppContext.Provider>,
    root,
  )
}
