// A socket.io server as its documentation begins: whatever one client publishes, all get.
const { Server } = require('socket.io')

const io = new Server(Number(process.argv[2]), { transports: ['websocket'] })
io.on('connection', socket => {
  socket.on('publish', data => io.emit('message', data))
})
