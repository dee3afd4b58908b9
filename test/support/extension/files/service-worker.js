importScripts('ask.js')
